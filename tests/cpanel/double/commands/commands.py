"""All commands of one machine."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence

from tests.cpanel.double.commands.appconfig import AppConfig
from tests.cpanel.double.commands.exim import Exim
from tests.cpanel.double.commands.hooks import Hooks
from tests.cpanel.double.commands.jupiter import Jupiter
from tests.cpanel.double.commands.machine import CPANEL, Failure
from tests.cpanel.double.commands.server import Server


class Commands(AppConfig, Hooks, Jupiter, Exim, Server):
    """The commands, as functions, and by their names."""

    def run(self, name: str, words: Sequence[str]) -> tuple[int, str]:
        """Run one: its exit code and what it prints."""
        command: Callable[..., str] = getattr(self, name)
        try:
            return 0, command(*words)
        except Failure as failure:
            return 1, f"{failure}\n"

    def upcp(self) -> str:
        """An update: a fresh tree of its own without anybody's additions, Exim built anew."""
        tree = self.path(f"/{CPANEL}/Cpanel/Config/ConfigObj/Driver")
        for path in sorted(tree.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        version = self.path(f"/{CPANEL}/version")
        *rest, build = version.read_text().strip().split(".")
        version.write_text(f"{'.'.join(rest)}.{int(build) + 1}\n")
        said = self.buildeximconf() + self.restartsrv_exim()
        return said + self.fire("System", "upcp", json.dumps({"at": int(time.time())}))
