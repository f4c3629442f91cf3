"""Which signals tell people, and which only stand there."""

from __future__ import annotations

import pytest

from core.engine.stolen.signal import BLOCKING, SENDING, WEAK, Signal
from core.words import SignalKind


@pytest.mark.parametrize("kind", SignalKind)
def test_nobody_is_blocked_for_what_nobody_is_told_of(kind: SignalKind) -> None:
    """A23: a first login abroad is a holiday more often than a theft."""
    assert Signal("a@example.test", kind, "", 0, 0).is_weak == (kind in WEAK)
    assert not (kind in WEAK and kind in BLOCKING)


def test_a_refused_login_blocks_nobody() -> None:
    """The rules keep travellers out as well."""
    assert SignalKind.PASSWORD_KNOWN not in BLOCKING | WEAK
    assert SENDING <= BLOCKING
