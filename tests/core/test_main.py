"""The wiring: the command, the daemon's loop, its log."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from core import __main__, main
from core.errors import MailwardError
from core.settings.config import Config, load
from core.standalone import Standalone
from core.store.block import Block


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Directories of one's own, one of which cannot be used."""
    (tmp_path / "state").write_text("a file")
    file = tmp_path / "mailward.toml"
    file.write_text('[paths]\nstate = "state"\nrun = "run"\nlog = "log"\n')
    return load(str(file))


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Logging, the interpreter's switch interval and its collector belong to the process."""
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*thresholds)
    gc.unfreeze()
    structlog.reset_defaults()


@pytest.mark.parametrize(
    ("words", "code"), [(["--version"], 0), (["nosuch"], 2), (["--config", "/missing", "get"], 4)]
)
def test_run_returns_the_exit_code(words: list[str], code: int) -> None:
    """For `sys.exit`, in every panel's package."""
    assert main.run(Standalone(), words) == code


def test_the_console_script_takes_the_words_of_its_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`mailward` of a server without a panel."""
    monkeypatch.setattr(sys, "argv", ["mailward", "--version"])
    assert __main__.main() == 0
    assert capsys.readouterr().out.startswith("mailward ")


def test_the_daemon_loads_nothing_that_it_may_never_need(config: Config) -> None:
    """Together these would take up a tenth of its memory."""
    program = f"""
import sys
from core import main
from core.errors import MailwardError
from core.settings.config import load
from core.standalone import Standalone
try:
    main.serve(load({str(config.state.parent / "mailward.toml")!r}), Standalone())
except MailwardError:
    pass
print(*sys.modules)
import rich.console
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "core.daemon.daemon" in loaded
    for name in ("rich", "alembic", "requests", "prometheus_client", "dns", "flask"):
        assert name not in loaded
    assert "sqlalchemy.dialects.postgresql" not in loaded


def test_a_daemon_that_cannot_start_says_why(config: Config) -> None:
    """And the command makes one line of it."""
    with pytest.raises(MailwardError, match="state cannot be used"):
        main.serve(config, Standalone())


def test_the_writer_thread_cannot_hold_up_answers(config: Config) -> None:
    """Python's own 5 ms would be longer than the slowest answer may take."""
    with pytest.raises(MailwardError):
        main.serve(config, Standalone(), lambda *_: None)
    assert sys.getswitchinterval() <= 0.001


def test_how_people_are_told_can_be_chosen(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail to the administrator, unless somebody else says."""
    chosen: list[object] = []

    class Daemon:
        def __init__(self, _: Config, __: object, announce: object) -> None:
            chosen.append(announce)

        async def run(self) -> None:
            return

    def tell(_: Block, __: object, ___: object) -> None:
        return

    monkeypatch.setattr("core.daemon.daemon.Daemon", Daemon)
    main.serve(config, Standalone())
    main.serve(config, Standalone(), tell)
    assert chosen == [main_announce(), tell]


def main_announce() -> object:
    """The announcer of core/notify."""
    from core.notify.announce import announce

    return announce


@pytest.mark.parametrize("on_terminal", [True, False])
def test_logs_for_people_or_for_programs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], on_terminal: bool
) -> None:
    """Text on a terminal, JSON lines in a journal; a traceback is in both."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: on_terminal)
    monkeypatch.setenv("NO_COLOR", "1")
    main.log_to_stderr()
    log = structlog.get_logger()
    log.info("answering", doors=2)
    try:
        raise ValueError("odd")
    except ValueError:
        log.exception("failed")
    said = capsys.readouterr().err
    assert ('{"doors": 2, "event": "answering"' in said) != on_terminal
    assert "answering" in said
    assert "ValueError: odd" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("trouble", [OSError(28, "No space left on device"), BrokenPipeError()])
def test_a_log_that_cannot_be_written_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, trouble: OSError
) -> None:
    """The disk of the log is full, or whoever read it has gone."""
    heard: list[str] = []

    class Stream:
        def isatty(self) -> bool:
            return False

        def write(self, text: str) -> None:
            if not heard:
                heard.append("trouble")
                raise trouble
            heard.append(text)

        def flush(self) -> None:
            if len(heard) == 1:
                raise trouble

    monkeypatch.setattr(sys, "stderr", Stream())
    main.log_to_stderr()
    log = structlog.get_logger()
    log.error("lost")
    log.error("heard again")
    assert '"heard again"' in heard[1]
