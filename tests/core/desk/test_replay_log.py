"""Which old logs are read, from where, and what of them counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.desk.replay_log import COUNTED, DOUBLE, EMPTY, STRANGE, ReplayLog, prepare, stream
from core.maillog.archive import Archive
from core.store.replays import Replayed

LINE = "2026-11-%02dT03:36:%02d+00:00 mail dovecot: imap-login: Login: user=<a@x>, rip=192.0.2.1\n"


def archive(path: Path, day: int, seconds: int = 3) -> Archive:
    """A log of a day, closed but for its beginning."""
    path.write_text("".join(LINE % (day, second) for second in range(seconds)))
    return Archive(str(path))


def row(of: Archive, since: float, until: float, octets: int = 0) -> Replayed:
    """What was counted before."""
    return Replayed(of.fingerprint, of.dialect, of.name, since, until, 0.0, octets)


def test_what_is_not_read(tmp_path: Path) -> None:
    """Twice the same, nothing, and nothing that anybody knows."""
    (tmp_path / "empty").touch()
    (tmp_path / "strange").write_text("<html>\n")
    given = [
        archive(tmp_path / "a", 1),
        archive(tmp_path / "b", 1),
        Archive(str(tmp_path / "empty")),
        Archive(str(tmp_path / "strange")),
    ]
    logs = prepare(given, [], again=False)
    assert [log.skipped for log in logs] == ["", DOUBLE, EMPTY, STRANGE]
    for each in given:
        each.close()


@pytest.mark.parametrize(
    ("octets", "begun", "at", "counted"),
    [
        (0, False, 9.0, False),
        (0, False, 10.0, True),
        (0, False, 19.9, True),
        (0, False, 20.0, False),
        (500, False, 20.0, True),
        (500, False, 20.1, False),
        (500, True, 15.0, False),
    ],
)
def test_what_the_log_itself_has_counted(
    tmp_path: Path, octets: int, begun: bool, at: float, counted: bool
) -> None:
    """Of one that was broken off, what came before; of a whole one, its end as well."""
    one = archive(tmp_path / "a", 1)
    log = ReplayLog(one, row(one, 10.0, 20.0, octets), [])
    log.begin = octets if begun else 0
    assert log.is_counted(at) is counted
    one.close()


def test_what_another_log_has_counted(tmp_path: Path) -> None:
    """Of the same dialect: it may be the same log under another name, cut or joined."""
    one, other = archive(tmp_path / "a", 1), archive(tmp_path / "b", 2)
    known = [row(other, 10.0, 20.0, 99)]
    (log,) = prepare([one], known, again=False)
    assert (log.is_counted(20.0), log.is_counted(21.0), log.begin) == (True, False, 0)
    strange = [Replayed("x", "exim", "y", 10.0, 20.0, 0.0)]
    (log,) = prepare([one], strange, again=False)
    assert not log.is_counted(15.0)
    one.close()
    other.close()


@pytest.mark.parametrize("again", [False, True])
def test_a_log_that_was_counted_is_read_on(tmp_path: Path, again: bool) -> None:
    """From where it was, or with `again` from its beginning."""
    one = archive(tmp_path / "a", 1)
    size = (tmp_path / "a").stat().st_size
    known = [row(one, 10.0, 20.0, size)]
    (log,) = prepare([one], known, again=again)
    assert len(list(stream([log]))) == (3 if again else 0)
    assert log.skipped == ("" if again else COUNTED)


def test_files_of_one_log_come_in_the_order_of_their_time(tmp_path: Path) -> None:
    """However they were given, and whatever they are called."""
    given = [archive(tmp_path / f"mail.log.{day}", day) for day in (3, 1, 2)]
    logs = prepare(given, [], again=False)
    times = [at for at, *_ in stream(logs)]
    assert times == sorted(times)
    assert len(times) == 9
    assert all(log.done for log in logs)


def test_what_is_written_down_of_a_log(tmp_path: Path) -> None:
    """Half read: up to a time. Read to its end: all of it. Nothing of one that said nothing."""
    one = archive(tmp_path / "a", 1)
    (log,) = prepare([one], [], again=False)
    assert log.row(1.0, None) is None
    items = stream([log])
    at, _, _, _ = next(items)
    log.seen(at)
    half = log.row(1.0, at + 0.5)
    assert half is not None
    assert (half.since, half.until, half.octets) == (at, at + 0.5, 0)
    for each, *_ in items:
        log.seen(each)
    whole = log.row(1.0, at + 0.5)
    assert whole is not None
    assert (whole.since, whole.until) == (at, at + 2)
    assert whole.octets == (tmp_path / "a").stat().st_size
