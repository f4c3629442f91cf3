"""Wires the parts together: the panel, the command line, the daemon, and the notices.

The only module that knows all of them.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO, cast

from core.cli import streams
from core.desk.panel_record import stands_in
from core.panel import Panel, Viewer
from core.settings.config import Config, load

if TYPE_CHECKING:
    from core.cli.session import Serve
    from core.daemon.teller import Announce

PR_SET_NAME, NAME = 15, b"mailward"
"""What names a process (prctl(2)), and ours."""

SWITCH_SECONDS = 0.0001
"""How long the writer thread may hold the interpreter while somebody waits for an answer; Python's
own 5 ms would be more than the daemon's slowest answer may take."""

M_MMAP_THRESHOLD, LARGE = -3, 65_536
"""Octets from which on a piece of memory is mapped by itself, and glibc's name for that bound."""

COLLECT_AFTER = 50_000
"""New objects after which Python looks for cycles among the youngest, instead of 700. The daemon
remembers much and in no cycles, and walking over all of it would keep everybody waiting."""


def run(panel: Panel, arguments: Sequence[str] | None = None) -> int:
    """Run the command ``mailward``.

    Args:
        panel: what is true of this server's panel.
        arguments: the words after the command's name; None for those of this process.

    Returns:
        The exit code, see `core.cli.exit_code`.
    """
    streams.take_anything()
    words = sys.argv[1:] if arguments is None else list(arguments)
    plain = _plain_serve(words)
    if plain is None:
        return _run_verb(panel, serve, words)
    try:
        config = load(plain.file)
        serve(config, stands_in(config, panel))
    except BaseException as error:  # noqa: BLE001  the command line tells of it, as of all others
        failure = error
    else:
        return 0

    def fail(_: Config, __: Panel) -> None:
        raise failure

    return _run_verb(panel, fail, words)


class _PlainServe(NamedTuple):
    """The words of ``mailward serve`` with nothing to be explained.

    Attributes:
        file: as given with ``--config``; None for the default.
    """

    file: str | None


def _plain_serve(words: list[str]) -> _PlainServe | None:
    """What is to be served; None for everything else that can be typed.

    The daemon stays for months, and would keep what reads words and writes help: 3 MB.
    """
    match words:
        case ["serve"]:
            return _PlainServe(None)
        case ["--config", file, "serve"]:
            return _PlainServe(file)
    return None


def _run_verb(panel: Panel, serving: Serve, words: list[str]) -> int:
    from core.cli.program import program  # noqa: PLC0415  see `_plain_serve`

    try:
        program(panel, serving, Pages()).main(args=words, prog_name="mailward")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1


def serve(config: Config, panel: Panel, tell: Announce | None = None) -> None:
    """Run the daemon until it is told to end.

    Args:
        config: where everything is.
        panel: what is true of this server's panel.
        tell: tells people about a new block; None for a mail to the administrator.

    Raises:
        MailwardError: it cannot run; the text says why.
    """
    _give_memory_back()
    _take_name()
    # Loading these takes longer than most verbs take as a whole.
    from core.daemon import libraries  # noqa: PLC0415

    libraries.load()
    import asyncio  # noqa: PLC0415

    from core.daemon.daemon import Daemon  # noqa: PLC0415
    from core.notify.announce import announce  # noqa: PLC0415

    log_to_stderr()
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(COLLECT_AFTER, 20, 50)
    gc.freeze()  # what has been loaded by now stays for ever
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(Daemon(config, panel, tell or announce).run())


def _take_name() -> None:
    """Be called ``mailward`` in lists of processes, by which cPanel's monitor knows a service
    (facts/cpanel.md 8), and not after the Python that runs us."""
    import ctypes  # noqa: PLC0415  most verbs have no use for it

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_NAME, NAME)


class Pages:
    """The pages, loaded when they are asked for: Flask takes longer than most verbs as a whole."""

    def serve(self, config: Config, panel: Panel) -> None:
        """Run the pages until they are told to end.

        Raises:
            ConfigError: they are switched off, or their secret cannot be read.
        """
        from core.web.server import serve as serve_pages  # noqa: PLC0415

        log_to_stderr()
        serve_pages(config, panel)

    def serve_customers(self, config: Config, panel: Panel) -> None:
        """Run the pages of customers whose own processes ask, until they are told to end.

        Raises:
            ConfigError: as `serve`, or this panel has no such processes.
        """
        from core.web.server import serve_customers  # noqa: PLC0415

        log_to_stderr()
        serve_customers(config, panel)

    def key(self, config: Config, viewer: Viewer, until: float) -> str:
        """A key that lets somebody in.

        Args:
            config: where the pages' secret is.
            viewer: whom.
            until: seconds since 1970.

        Raises:
            ConfigError: the secret can be neither read nor made.
        """
        from core.web.links import make_key  # noqa: PLC0415
        from core.web.server import secret_of  # noqa: PLC0415

        return make_key(secret_of(config), viewer, until)


def _give_memory_back() -> None:
    """Let large tables that have been freed go back to the system at once.

    Otherwise glibc learns from the first of them to keep all later ones (mallopt(3)).
    """
    import ctypes  # noqa: PLC0415  most verbs have no use for it

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE)


def _loop_factory() -> Any:
    """uvloop, where it exists; asyncio's own loop elsewhere."""
    try:
        import uvloop  # noqa: PLC0415  not on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop


class _PatientStream:
    """A stream on a disk that may be full, or a pipe that nobody may read: what it refuses is lost.

    A daemon that ends over a line of its log would leave the mail unguarded.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        """Write, if it can be."""
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        """Flush, if it can be."""
        with suppress(OSError, ValueError):
            self._stream.flush()


def log_to_stderr() -> None:
    """Log for people on a terminal, as JSON lines for everything else."""
    import structlog  # noqa: PLC0415  only the daemon logs

    on_terminal = sys.stderr.isatty()
    renderer: Any = (
        structlog.dev.ConsoleRenderer(
            colors=not os.environ.get("NO_COLOR"),
            exception_formatter=structlog.dev.plain_traceback,
        )
        if on_terminal
        else structlog.processors.JSONRenderer(sort_keys=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=not on_terminal),
            *([] if on_terminal else [structlog.processors.format_exc_info]),
            renderer,
        ],
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _PatientStream(sys.stderr))),
        cache_logger_on_first_use=True,
    )
