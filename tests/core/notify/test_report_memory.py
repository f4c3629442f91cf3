"""What is mailed is known after a restart, a crash, a damaged file and a clock that was wrong."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from pathlib import Path

import pytest

from core.notify.report_memory import KEPT, NAME, ReportMemory
from core.notify.report_period import Period, latest

DAY = 86_400.0
NOW = 1_800_000_000.0
"""2027-01-15 08:00 UTC, a Friday."""

TODAY = date(2027, 1, 15)


def _period(days: int = 0) -> Period:
    return latest("daily", NOW + days * DAY, 0, UTC)


def _today(days: int = 0) -> date:
    return TODAY + timedelta(days=days)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where it is remembered."""
    return tmp_path / NAME


def _met(path: Path, who: str = "") -> ReportMemory:
    memory = ReportMemory(path)
    memory.meet({who: _period()}, TODAY)
    return memory


def test_whoever_is_new_waits_for_the_next_report(path: Path) -> None:
    """D10: nobody is mailed at once because they have set an address."""
    memory = _met(path)
    assert not memory.is_due("", _period(), TODAY)
    assert memory.is_due("", _period(1), _today(1))
    assert not memory.is_due("stranger.test", _period(1), _today(1))


@pytest.mark.parametrize("restarts", [False, True])
def test_what_is_mailed_is_not_due_again(path: Path, restarts: bool) -> None:
    """D10: also after a restart."""
    memory = _met(path)
    memory.begin("", _period(1))
    memory.end("", taken=True)
    memory = ReportMemory(path) if restarts else memory
    assert not memory.is_due("", _period(1), _today(1))
    assert memory.is_due("", _period(2), _today(2))
    assert memory.unsure == {}


@pytest.mark.parametrize("restarts", [False, True])
def test_what_nobody_took_stays_due(path: Path, restarts: bool) -> None:
    """D10: it is tried again."""
    memory = _met(path)
    memory.begin("", _period(1))
    memory.end("", taken=False)
    memory = ReportMemory(path) if restarts else memory
    assert memory.is_due("", _period(1), _today(1))


def test_a_crash_while_mailing_is_told_and_not_repeated(path: Path) -> None:
    """D10: never twice; nobody knows whether it was once."""
    _met(path).begin("", _period(1))
    memory = ReportMemory(path)
    assert not memory.is_due("", _period(1), _today(1))
    assert memory.unsure == {"": "daily 2027-01-15"}
    memory.begin("", _period(2))
    memory.end("", taken=True)
    assert memory.unsure == ReportMemory(path).unsure == {}


def test_a_clock_that_is_set_back_repeats_nothing(path: Path) -> None:
    """D10: and what it had mailed of the future does not keep the present back."""
    memory = _met(path)
    memory.begin("", _period(1500))
    memory.end("", taken=True)
    memory.meet({"": _period(1)}, _today(1))
    assert memory.is_due("", _period(1), _today(1))
    memory.begin("", _period(1))
    memory.end("", taken=True)
    assert not memory.is_due("", _period(), TODAY)
    assert not memory.is_due("", _period(-30), _today(-30))
    assert not memory.is_due("", _period(1500), _today(1500))


def test_whoever_was_met_in_the_future_is_met_again(path: Path) -> None:
    """D10: a server that boots with a wrong clock mails reports all the same."""
    memory = ReportMemory(path)
    memory.meet({"": _period(1500)}, _today(1500))
    memory.meet({"": _period()}, TODAY)
    assert not memory.is_due("", _period(), TODAY)
    assert memory.is_due("", _period(1), _today(1))


def test_a_damaged_file_begins_anew_and_says_so(path: Path) -> None:
    """Without a burst of old reports."""
    path.write_text('{"": {"mailed": [')
    memory = ReportMemory(path)
    assert "damaged" in memory.problem
    memory.meet({"": _period()}, TODAY)
    assert not memory.is_due("", _period(), TODAY)
    memory.begin("", _period(1))
    memory.end("", taken=True)
    assert memory.problem == ReportMemory(path).problem == ""


def test_a_file_that_cannot_be_read_is_an_error(path: Path) -> None:
    """It may say that everything is mailed."""
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        ReportMemory(path)


def test_what_cannot_be_noted_is_not_begun(path: Path) -> None:
    """A full disk."""
    memory = _met(path)
    path.with_suffix(".new").mkdir()
    with pytest.raises(OSError, match="directory"):
        memory.begin("", _period(1))
    assert memory.is_due("", _period(1), _today(1))


def test_whoever_leaves_is_forgotten(path: Path) -> None:
    """And is new when they come back."""
    memory = _met(path, "a.test")
    memory.forget_others({"b.test"})
    memory.meet({"a.test": _period(9)}, _today(9))
    assert not memory.is_due("a.test", _period(9), _today(9))


def test_the_file_does_not_grow(path: Path) -> None:
    """However long it runs."""
    memory = _met(path)
    for day in range(1, KEPT + 20):
        memory.begin("", _period(day))
        memory.end("", taken=True)
    assert path.read_text().count("daily") == KEPT
