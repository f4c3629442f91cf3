"""How a stolen account sends, and who must not be taken for one (B10)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.engine.stolen.excess import DAYS, FAILED, MAILS, RECIPIENTS, asks, judge
from core.engine.stolen.outflow import Sent, Usual
from core.settings.stolen import Stolen
from core.words import SignalKind

K = SignalKind


def kinds(sent: Sent, usual: Usual | None, **settings: int) -> list[SignalKind]:
    found = list(judge("a@example.test", sent, usual, 3600.0, replace(Stolen(), **settings)))
    assert all(signal.evidence for signal in found)
    return [signal.kind for signal in found]


@pytest.mark.parametrize(
    ("mails", "before", "found"),
    [
        (MAILS, 2, [K.VOLUME]),
        (MAILS - 1, 2, []),  # small accounts do not alarm
        (MAILS, 0, [K.VOLUME]),
        (100, 20, [K.VOLUME]),
        (100, 21, []),  # a busy office is busy again
    ],
)
def test_mails_against_the_own_past(mails: int, before: int, found: list[SignalKind]) -> None:
    """Against the busiest hour of the last weeks."""
    assert kinds(Sent(mails, mails, 0, 0, 0.0), Usual(before, before * 10, 30)) == found


def test_recipients_against_the_own_past() -> None:
    """Ten mails to a hundred recipients each are a thousand recipients."""
    sent = Sent(10, 1000, 0, 0, 0.0)
    assert kinds(sent, Usual(10, 50, 30)) == [K.RECIPIENTS]
    assert kinds(sent, Usual(10, 201, 30)) == []


@pytest.mark.parametrize("usual", [None, Usual(0, 0, DAYS - 1)])
def test_without_a_past_nothing_is_unusual(usual: Usual | None) -> None:
    assert kinds(Sent(500, 5000, 0, 0, 0.0), usual) == []


@pytest.mark.parametrize(
    ("failed", "told", "found"),
    [
        (FAILED, 50, [K.FAILED_RECIPIENTS]),
        (FAILED - 1, FAILED - 1, []),
        (40, 100, [K.FAILED_RECIPIENTS]),
        (39, 100, []),
    ],
)
def test_refused_recipients(failed: int, told: int, found: list[SignalKind]) -> None:
    """B10: with a minimum, and without a past."""
    assert kinds(Sent(0, told, told, failed, 0.0), None) == found


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000))
def test_what_is_switched_off_says_nothing(mails: int, told: int, failed: int) -> None:
    sent = Sent(mails, told, told, min(told, failed), 0.0)
    assert kinds(sent, Usual(0, 0, 30), volume=0, failed=0) == []
    assert not asks(sent, Stolen(volume=0))


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 500))
def test_the_past_is_asked_for_whenever_it_could_matter(
    mails: int, recipients: int, before: int
) -> None:
    """No signal about volume without the question, which is therefore rare."""
    sent = Sent(mails, recipients, 0, 0, 0.0)
    found = kinds(sent, Usual(before, before, 30), failed=0)
    assert not found or asks(sent, Stolen())
    assert found == [] or mails >= MAILS or recipients >= RECIPIENTS
