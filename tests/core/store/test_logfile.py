"""The event log: every line whole, rotated, and described in the documentation."""

from __future__ import annotations

import gzip
import json
import re
import resource
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given

from core.store.event import Event
from core.store.logfile import EventLog, line_of
from core.store.text import storable
from core.words import Reason, Service, Stage, Verdict
from tests.core.store.samples import event
from tests.core.store.test_events import events

DOCUMENT = Path(__file__).parents[3] / "docs" / "log-format.md"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


@contextmanager
def file_limit(size: int) -> Iterator[None]:
    """Let files grow to a size only, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@given(events)
def test_any_event_is_one_line_that_says_it_all(one: Event) -> None:
    line = line_of(one)
    text = line.decode("utf-8")
    assert len(text.splitlines()) == 1
    assert text.endswith("\n")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    fields = json.loads(line)
    for name in Event.__struct_fields__:
        value = getattr(one, name)
        assert fields[name] == (storable(value) if isinstance(value, str) else value)


def test_the_time_is_readable() -> None:
    assert line_of(event(at=1_767_268_800.25)).startswith(b'{"time":"2026-01-01T12:00:00.250Z",')


def test_fields_are_described_in_their_order() -> None:
    """D7: the documentation cannot drift from what is written."""
    described = re.findall(r"^\| `(\w+)` \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert described == list(json.loads(line_of(event())))


def test_the_example_in_the_documentation_is_one_line_of_the_log() -> None:
    (example,) = re.findall(r"```json\n(.*)\n```", DOCUMENT.read_text("utf-8"))
    assert list(json.loads(example)) == list(json.loads(line_of(event())))


@pytest.mark.parametrize("words", [Stage, Service, Verdict, Reason])
def test_all_words_are_described(words: type[Stage | Service | Verdict | Reason]) -> None:
    """D6: reason codes with stable names."""
    described = set(re.findall(r"`(\w+)`", DOCUMENT.read_text("utf-8")))
    assert {str(word) for word in words} <= described


def test_lines_are_appended(path: Path) -> None:
    for _ in range(2):
        with closing(EventLog(path)) as log:
            log.write([event(), event(count=2)])
            log.write([])
    counts = [json.loads(line)["count"] for line in path.read_text("utf-8").splitlines()]
    assert counts == [1, 2, 1, 2]
    assert path.stat().st_mode & 0o007 == 0


def test_it_rotates_and_packs_and_forgets(path: Path) -> None:
    """D7: rotation."""
    with closing(EventLog(path, max_bytes=2000, keep=3)) as log:
        for number in range(1, 61):
            log.write([event(count=number)])
    newest = log.rotated()
    assert len(newest) == 3
    assert {file.suffix for file in newest} == {".gz"}
    kept = [gzip.decompress(file.read_bytes()) for file in reversed(newest)] + [path.read_bytes()]
    counts = [json.loads(line)["count"] for line in b"".join(kept).splitlines()]
    assert counts == list(range(61 - len(counts), 61))
    assert all(len(content) >= 2000 for content in kept[:-1])
    assert sorted(path.parent.iterdir()) == sorted([path, *newest])


def test_another_program_may_rename_it(path: Path) -> None:
    with closing(EventLog(path)) as log:
        log.write([event(count=1)])
        path.rename(path.with_name("elsewhere"))
        log.write([event(count=2)])
        log.reopen()
        log.write([event(count=3)])
    assert path.with_name("elsewhere").read_bytes().count(b"\n") == 2
    assert path.read_bytes().count(b"\n") == 1


def test_a_full_disk_loses_whole_lines_and_is_reported(path: Path) -> None:
    line = len(line_of(event()))
    with closing(EventLog(path)) as log:
        log.write([event()])
        with file_limit(line + line // 2):
            log.write([event()])
            log.write([event(), event()])
            assert log.lost == 3
            assert "File too large" in log.problem
        assert path.stat().st_size == line
        log.write([event(count=7)])
        assert log.problem == ""
        assert log.lost == 3
    assert [json.loads(one)["count"] for one in path.read_bytes().splitlines()] == [1, 7]


def test_a_directory_that_comes_later_is_used_then(tmp_path: Path) -> None:
    path = tmp_path / "log" / "events.jsonl"
    with closing(EventLog(path)) as log:
        assert "No such file" in log.problem
        log.write([event()])
        assert log.lost == 1
        path.parent.mkdir()
        log.write([event()])
        assert (log.lost, log.problem) == (1, "")
    assert path.read_bytes().count(b"\n") == 1


def test_a_link_is_not_followed(path: Path) -> None:
    """Whoever may write the directory must not make us write elsewhere."""
    elsewhere = path.with_name("elsewhere")
    elsewhere.write_bytes(b"")
    path.symlink_to(elsewhere)
    with closing(EventLog(path)) as log:
        log.write([event()])
        assert log.lost == 1
    assert elsewhere.read_bytes() == b""


def test_a_rotation_that_fails_is_reported_and_writing_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Path, target: Path) -> Path:
        raise PermissionError(1, "Operation not permitted")

    with closing(EventLog(path, max_bytes=10)) as log:
        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", fail)
            log.write([event(), event()])
        assert "cannot be rotated" in log.problem
        log.write([event()])
        assert log.lost == 0
    (rotated,) = log.rotated()
    assert gzip.decompress(rotated.read_bytes()).count(b"\n") == 3
