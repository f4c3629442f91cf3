"""The demo's pages: the real ones, in a process of their own, `python -m demo.pages CONFIG`.

They differ from `mailward web serve` in the panel that they ask, and they end when the demo's
process ends. `Website` starts them and makes the three addresses by which people come in.
"""

from __future__ import annotations

import sys
import time

import requests

from core.errors import MailwardError
from core.main import Pages, log_to_stderr
from core.panel import Role, Viewer
from core.settings.config import Config, load
from demo import cast
from demo.child import Child, ends_with_its_parent
from demo.directory import Directory
from demo.ending import Ending
from demo.panel import HosterPanel
from demo.rules import ADMIN

DAYS = 30
"""How long the addresses let people in; the demo mostly ends before."""

PEOPLE = (
    ("administrator", Viewer(Role.ADMIN, ADMIN)),
    ("reseller", Viewer(Role.RESELLER, cast.RESELLER)),
    ("customer", Viewer(Role.CUSTOMER, cast.CUSTOMER_OF[cast.DOMAINS[2]].login)),
)
"""Who is let in, and what they are called."""


class Website:
    """The process that serves the pages.

    Args:
        directory: where everything lives.
        config: what is in the configuration.
        ending: asked while waiting.
    """

    def __init__(self, directory: Directory, config: Config, ending: Ending) -> None:
        self._config = config
        words = ["-m", "demo.pages", str(directory.config_file)]
        self._child = Child("the pages", words, directory.path / "log/pages.log", ending)

    @property
    def _root(self) -> str:
        return "http://" + self._config.web.removeprefix("tcp:")

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            DemoError: it does not; with what it said.
            Interrupted: the end came first.
        """
        self._child.start(self._answers)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self._root}/static/app.css", timeout=5).ok
        except requests.RequestException:
            return False

    def addresses(self) -> list[tuple[str, str]]:
        """Who is let in by which address."""
        until = time.time() + DAYS * 86_400
        return [
            (name, f"{self._root}/enter?key={Pages().key(self._config, viewer, until)}")
            for name, viewer in PEOPLE
        ]

    def stop(self) -> None:
        """End it."""
        self._child.stop()


def main(config_file: str) -> int:
    """Serve; returns an exit code."""
    if not ends_with_its_parent():
        return 0
    from core.web.server import serve  # noqa: PLC0415  loads Flask, which only this process needs

    log_to_stderr()
    try:
        serve(load(config_file), HosterPanel())
    except MailwardError as error:
        print(f"mailward: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
