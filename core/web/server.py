"""Serves the pages: gunicorn with one process and a few threads.

One process, because the numbers that bridges use once are remembered in it; threads, because pages
mostly wait for the store. gunicorn starts it anew should it die.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from core.errors import ConfigError
from core.panel import Panel
from core.settings.config import Config
from core.system import secret_file
from core.web.app import create_app
from core.web.parts import Parts

THREADS = 8
SECONDS = 60
"""How long a page may take before its process is replaced."""

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
    secret = secret_of(config)
    kind, _, place = config.web.partition(":")
    options: dict[str, Any] = {
        "bind": [config.web if kind == "unix" else place.replace("localhost", "127.0.0.1")],
        "worker_class": "gthread",
        "workers": 1,
        "threads": THREADS,
        "timeout": SECONDS,
        "graceful_timeout": 5,
        "umask": 0o007,
        "errorlog": "-",
        "loglevel": "warning",
        "proc_name": "mailward-web",
        "forwarded_allow_ips": "",
        "control_socket_disable": True,
    }
    if ready is not None:
        options["when_ready"] = lambda _: ready()
    if kind == "unix":
        config.run.mkdir(parents=True, exist_ok=True)
    _Server(options, lambda: create_app(Parts(config, panel, secret))).run()


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
