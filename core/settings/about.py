"""What is said of every setting beside its type: help for people, and where it is legal.

Texts are English, marked with `core.words.N_` where they are written, and translated by whoever
shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Meta

Level = Literal["server", "domain", "mailbox"]

SERVER: tuple[Level, ...] = ("server",)
DOMAINS: tuple[Level, ...] = ("server", "domain")
ONLY_DOMAINS: tuple[Level, ...] = ("domain",)
EVERYWHERE: tuple[Level, ...] = ("server", "domain", "mailbox")

Unit = Literal[
    "",
    "seconds",
    "hours",
    "days",
    "mails",
    "hour",
    "countries",
    "networks",
    "accounts",
    "passwords",
    "addresses",
    "refusals",
    "km/h",
    "times",
    "percent",
]


def about(
    title: str,
    what: str,
    why: str,
    risk: str,
    *,
    levels: tuple[Level, ...] = EVERYWHERE,
    customer: bool = False,
    secret: bool = False,
    choices: Mapping[str, str] | None = None,
    unit: Unit = "",
) -> Meta:
    """Help of one setting, and who may set it where.

    Args:
        title: its name in a form, a few words.
        what, why, risk: what it does, why one would, what could go wrong; a sentence each.
        levels: where it is legal.
        customer: a customer or reseller may set it for own domains and mailboxes; without that
            only the administrator may, on every level.
        secret: never shown in full.
        choices: what people call each value of a setting with fixed values, in the order of forms.
        unit: what a number counts.
    """
    return Meta(
        title=title,
        description=what,
        extra={
            "why": why,
            "risk": risk,
            "levels": levels,
            "customer": customer,
            "secret": secret,
            "choices": dict(choices or {}),
            "unit": unit,
        },
    )


def group(title: str, what: str) -> Meta:
    """What a group of settings is called, and one sentence about it."""
    return Meta(title=title, description=what)
