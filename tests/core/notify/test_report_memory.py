"""What is mailed is known after a restart, a crash, a damaged file and a clock that was wrong."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.notify.report_memory import NAME, ReportMemory
from core.notify.report_period import Period, latest

DAY = 86_400.0
NOW = 1_800_000_000.0
"""2027-01-15 08:00 UTC, a Friday."""

TODAY = date(2027, 1, 15)


def _period(days: int = 0) -> Period:
    return latest("daily", NOW + days * DAY, 0, UTC)


def _today(days: int = 0) -> date:
    return TODAY + timedelta(days=days)


def _run(memory: ReportMemory, first: int, end: int, who: str = "") -> None:
    """Mail the reports of some days."""
    for day in range(first, end):
        memory.begin(who, _period(day))
        memory.end(who, taken=True)


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


@pytest.mark.parametrize(
    "content",
    [
        '{"who":"","what":"begun","every":"hourly"}\n',
        '{"who":"","what":"refused"}\n',
        "\x00\x00\n",
        '{"who":"","what":"begun","every":"daily","end":"0001-01-01"}\n',
    ],
)
def test_a_damaged_file_begins_anew_and_says_so(path: Path, content: str) -> None:
    """Without a burst of old reports."""
    path.write_text(content)
    memory = ReportMemory(path)
    assert "damaged" in memory.problem
    memory.meet({"": _period()}, TODAY)
    assert not memory.is_due("", _period(), TODAY)
    memory.begin("", _period(1))
    memory.end("", taken=True)
    assert memory.problem == ReportMemory(path).problem == ""


NOTES = st.builds(
    lambda what, end, first: f'{{"who":"","what":"{what}","end":"{end}","first":"{first}"}}\n',
    st.sampled_from(["span", "open", "begun", "taken", "refused", "gone"]),
    st.dates(),
    st.dates(),
)


@given(st.lists(NOTES.map(str.encode) | st.binary(max_size=40), max_size=8))
def test_no_file_keeps_the_daemon_from_its_reports(notes: list[bytes]) -> None:
    """Whatever is in it, it is good again after the next report."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / NAME
        path.write_bytes(b"".join(notes))
        memory = ReportMemory(path)
        memory.meet({"": _period()}, TODAY)
        memory.is_due("", _period(1), _today(1))
        _run(memory, 1, 2)
        again = ReportMemory(path)
        assert (again.problem, again.unsure) == ("", {})
        assert not again.is_due("", _period(1), _today(1))


def test_a_file_that_cannot_be_read_is_an_error(path: Path) -> None:
    """It may say that everything is mailed."""
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        ReportMemory(path)


def test_what_cannot_be_noted_is_not_begun(path: Path) -> None:
    """A full disk."""
    memory = _met(path)
    content = path.read_bytes()
    path.unlink()
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        memory.begin("", _period(1))
    path.rmdir()
    path.write_bytes(content + b"half a no")
    assert memory.is_due("", _period(1), _today(1))
    memory.begin("", _period(1))
    memory.end("", taken=True)
    memory = ReportMemory(path)
    assert (memory.problem, memory.unsure) == ("", {})
    assert not memory.is_due("", _period(1), _today(1))


def test_whoever_leaves_is_forgotten(path: Path) -> None:
    """And is new when they come back."""
    memory = _met(path, "a.test")
    memory.forget_others({"b.test"})
    memory.meet({"a.test": _period(9)}, _today(9))
    assert not memory.is_due("a.test", _period(9), _today(9))


def test_the_file_does_not_grow(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it runs; and what was mailed long ago is known after that."""
    monkeypatch.setattr("core.notify.report_memory.MOST_NOTES", 20)
    memory = _met(path)
    _run(memory, 1, 100)
    assert len(path.read_text().splitlines()) < 40
    for known in (memory, ReportMemory(path)):
        assert not any(known.is_due("", _period(day), _today(day)) for day in range(100))
        assert known.is_due("", _period(100), _today(100))


def test_gaps_are_remembered_and_bounded(path: Path) -> None:
    """A server that is often off; what it missed long ago is not mailed later."""
    memory = _met(path)
    for day in range(3, 300, 3):
        _run(memory, day, day + 1)
    for known in (memory, ReportMemory(path)):
        assert not any(known.is_due("", _period(day), _today(day)) for day in range(0, 300, 3))
        assert known.is_due("", _period(298), _today(298))
    ReportMemory(path).forget_others({"x.test"})
    assert len(path.read_text().splitlines()) <= 22


@pytest.mark.parametrize("cut", [1, 7, 30])
def test_a_note_that_was_cut_off_was_never_written(path: Path, cut: int) -> None:
    """Nothing is mailed before its note is whole; and the next ones can be read."""
    memory = _met(path)
    memory.begin("", _period(1))
    path.write_bytes(path.read_bytes()[:-cut])
    memory = ReportMemory(path)
    assert memory.problem == ""
    assert memory.is_due("", _period(1), _today(1))
    _run(memory, 1, 3)
    memory = ReportMemory(path)
    assert not memory.is_due("", _period(2), _today(2))
    assert memory.is_due("", _period(3), _today(3))


def test_a_crash_is_still_known_after_the_file_is_written_anew(path: Path) -> None:
    """By what another recipient got meanwhile."""
    memory = ReportMemory(path)
    memory.meet({"": _period(), "a.test": _period()}, TODAY)
    memory.begin("", _period(1))
    _run(ReportMemory(path), 1, 3, "a.test")
    assert ReportMemory(path).unsure == {"": "daily 2027-01-15"}
