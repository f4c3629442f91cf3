"""Serves the pages: gunicorn with one process and a few threads.

Where customers' own processes carry their pages, these have a second server with a socket of its
own, so that whatever a local user does to it, the administrator's pages do not notice.

One process each, because the numbers that bridges use once are remembered in it; threads, because
pages mostly wait for the store. gunicorn starts it anew should it die.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from core.errors import ConfigError
from core.panel import Panel
from core.settings.config import Config
from core.system import secret_file
from core.web.app import create_app
from core.web.crowd import CrowdWorker
from core.web.parts import Parts

THREADS = 8
CROWD_THREADS = 128
"""At the customers' door: as many as eight users there may keep busy (`core.web.crowd`)."""

SECONDS = 60
"""How long a page may take before its process is replaced."""

LINE = 8190
"""Octets of a request's first line, the most that gunicorn knows; bridges refuse, in words of their
own, an address of more than 8000."""

SECRET = "web.secret"  # noqa: S105  a file's name
"""In the state directory: signs forms and links, shared with the panel's bridge."""


def secret_of(config: Config) -> str:
    """The pages' secret; made when there is none.

    Raises:
        ConfigError: it can be neither read nor made.
    """
    place = config.state / SECRET
    try:
        config.state.mkdir(parents=True, exist_ok=True, mode=0o750)
        return secret_file.read(place)
    except OSError as error:
        raise ConfigError(f"{place}: {error.strerror}") from error


def serve(config: Config, panel: Panel, ready: Callable[[], None] | None = None) -> None:
    """Serve until told to end (SIGTERM, Ctrl-C).

    Args:
        config: where everything is.
        panel: what is true of this server's panel.
        ready: called when requests are answered.

    Raises:
        ConfigError: the pages are switched off, or the secret cannot be read.
    """
    if config.web == "off":
        raise ConfigError("listen.web is off: there is nothing to serve")
    kind, _, place = config.web.partition(":")
    options = _options(config.web if kind == "unix" else place.replace("localhost", "127.0.0.1"))
    if ready is not None:
        options["when_ready"] = lambda _: ready()
    if kind == "unix":
        config.run.mkdir(parents=True, exist_ok=True)
    _run(config, panel, options)


def serve_customers(config: Config, panel: Panel, ready: Callable[[], None] | None = None) -> None:
    """Serve customers whose own processes ask, until told to end; arguments as for `serve`.

    Raises:
        ConfigError: this panel has no such processes, the door is closed, or the secret cannot be
            read.
    """
    bridge = panel.bridge()
    if bridge is None or not bridge.customers:
        raise ConfigError("in this panel, customers' pages come through the same socket as all")
    if config.customers == "off":
        raise ConfigError("listen.customers is off: there is nothing to serve")
    place = Path(config.customers.partition(":")[2])
    place.parent.mkdir(parents=True, exist_ok=True)

    def opened(_: Any) -> None:
        place.chmod(0o666)  # everybody may knock; who is believed, the kernel says
        if ready is not None:
            ready()

    options = _options(config.customers) | {
        "worker_class": CrowdWorker,
        "threads": CROWD_THREADS,
        "keepalive": 0,  # a connection's time counts from its beginning
        "sendfile": False,  # it would wait for ever for whoever takes nothing
        "loglevel": "error",  # nobody fills the log with nonsense
        "proc_name": "mailward-customers",
        "when_ready": opened,
    }
    _run(config, panel, options, customers=True)


def _options(bind: str) -> dict[str, Any]:
    return {
        "bind": [bind],
        "worker_class": "gthread",
        "workers": 1,
        "threads": THREADS,
        "timeout": SECONDS,
        "limit_request_line": LINE,
        "graceful_timeout": 5,
        "umask": 0o007,
        "errorlog": "-",
        "loglevel": "warning",
        "proc_name": "mailward-web",
        "forwarded_allow_ips": "",
        "control_socket_disable": True,
    }


def _run(config: Config, panel: Panel, options: dict[str, Any], *, customers: bool = False) -> None:
    secret = secret_of(config)
    _Server(options, lambda: create_app(Parts(config, panel, secret), customers=customers)).run()


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn, told everything by us and nothing by files or the environment."""

    def __init__(self, options: dict[str, Any], make: Callable[[], Any]) -> None:
        self._options = options
        self._make = make
        super().__init__()

    def load_config(self) -> None:
        """Take our options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made inside the process that serves."""
        return self._make()
