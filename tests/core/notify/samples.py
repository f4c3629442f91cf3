"""Blocks for the tests of notices."""

from __future__ import annotations

from core.store.block import Block


def block(account: str = "bob@example.test", evidence: str = "151 messages") -> Block:
    """A send block of six hours, from 2026-03-01 18:00 UTC on."""
    return Block(
        account=account,
        started=1_772_388_000,
        until=1_772_409_600,
        seconds=21_600,
        reason="send_limit",
        evidence=evidence,
    )
