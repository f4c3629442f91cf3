"""What is said of every setting beside its type: help for people, and where it is legal."""

from __future__ import annotations

from typing import Literal

from msgspec import Meta

Level = Literal["server", "domain", "mailbox"]

SERVER: tuple[Level, ...] = ("server",)
EVERYWHERE: tuple[Level, ...] = ("server", "domain", "mailbox")


def about(
    what: str, why: str, risk: str, levels: tuple[Level, ...] = EVERYWHERE, secret: bool = False
) -> Meta:
    """Help of one setting: what it does, why, what could go wrong, and where it is legal."""
    return Meta(
        description=what,
        extra={"why": why, "risk": risk, "levels": levels, "secret": secret},
    )
