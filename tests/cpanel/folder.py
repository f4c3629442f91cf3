"""A server with cPanel in a folder: its files, and commands that are answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpanel.panel import Cpanel
from tests.core.mta.exim_machine import EximFolder
from tests.cpanel.double.commands.machine import CPANEL
from tests.cpanel.double.skeleton import plain
from tests.cpanel.double.tree import COMMANDS, plant

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from core.panel import MailDomain
    from tests.cpanel.double.commands.commands import Commands


@dataclass
class FolderServer:
    """A cPanel in a folder."""

    host: EximFolder
    commands: Commands
    panel: Cpanel

    @classmethod
    def planted(cls, root: Path) -> Self:
        """cPanel & WHM 126 with Exim 4.96."""
        host, commands = cpanel_folder(root)
        return cls(host, commands, Cpanel(host))

    def domain(self, name: str) -> MailDomain:
        """What is said of a domain."""
        return next(each for each in self.panel.domains() if each.name == name)


def cpanel_folder(root: Path) -> tuple[EximFolder, Commands]:
    """A server with cPanel in a folder: its commands are answered, its Exim is read."""
    host = EximFolder(root)
    host.path("/etc/exim.conf").unlink()
    host.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    host.write("/etc/group", "root:x:0:\nmail:x:8:\n")
    host.write("/usr/bin/perl", "")
    commands = plant(host.root, plain(), exim=False)
    commands.buildeximconf()

    def answer(name: str) -> Callable[[Sequence[str]], tuple[int, str]]:
        return lambda command: commands.run(name, command[1:])

    for name, folder in COMMANDS.items():
        host.answers[f"/{CPANEL}/{folder}/{name}"] = answer(name)
    host.answers["dovecot"] = lambda _: (127, "")
    return host, commands
