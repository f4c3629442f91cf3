"""A reader that ends, hangs or talks nonsense is noticed."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from core.daemon.log_process import LogProcess, ReaderGone
from core.maillog.batch import Order
from core.maillog.bookmark import Wanted
from tests.core.daemon.living import run

PROGRAMS = {
    "ends": "import sys; sys.exit(3)",
    "hangs": "import time; time.sleep(600)",
    "nonsense": "print('Traceback (most recent call last):', flush=True); input()",
    "broken": "import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\5hello'); sys.stdout.flush()",
    "half": "import sys; sys.stdout.buffer.write(b'\\0\\0\\0\\5hel'); sys.stdout.flush()",
}


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Makes a module of one of `PROGRAMS`."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(name: str) -> str:
        module = f"stand_in_{name}_{os.getpid()}"
        (tmp_path / f"{module}.py").write_text(PROGRAMS[name])
        return module

    return make


def talk(session: Callable[[], Awaitable[None]]) -> None:
    """Run it."""
    run(session)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ends", "ended"),
        ("hangs", "nothing for 1 seconds"),
        ("nonsense", "nonsense"),
        ("broken", "nonsense"),
        ("half", "ended"),
    ],
)
def test_a_reader_that_is_no_good(program: Callable[[str], str], name: str, said: str) -> None:
    """Each has its words, and is ended by its id."""

    async def session() -> None:
        process = await LogProcess.start(Order(()), program(name), silence=1.0)
        with pytest.raises(ReaderGone, match=said):
            await process.read()
        await process.end()
        with pytest.raises(ProcessLookupError):
            os.kill(process.pid, 0)

    talk(session)


def test_a_sound_reader(tmp_path: Path) -> None:
    """Says first of all that it lives."""

    async def session() -> None:
        process = await LogProcess.start(Order((Wanted(str(tmp_path / "log")),)))
        batch = await process.read()
        assert batch.lines == 0
        assert list(batch.problems) == [str(tmp_path / "log")]
        assert await process.end() < 0

    talk(session)


def test_what_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else raises."""
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")

    async def session() -> None:
        with pytest.raises(ReaderGone, match="cannot be started"):
            await LogProcess.start(Order(()))

    talk(session)
