"""What the doubles of all panels have in common: a machine that runs commands, starts and ends.

A panel's own double derives from `PanelServer` and brings its mail servers and its panel. The rest
of this file makes such servers for the fixtures of a panel's tests.
"""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from core.system.host import Host
from tests.lab import managed
from tests.lab.conftest import available
from tests.lab.lifetime import Lifetime

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from tests.lab.machine import LabMachine

    Server = TypeVar("Server", bound="PanelServer")

SETTINGS = "/etc/mailward/mailward.toml"


class PanelServer(Lifetime):
    """`with PanelServer(...) as server:` has everything running and nothing of ours installed.

    Attributes:
        machine, root: where it lives.
        umask: the administrator's; None for the tests' own.
    """

    umask: int | None = None

    def __init__(self, machine: LabMachine) -> None:
        """Take a machine that has not started yet."""
        self.machine = machine
        self.root = machine.root

    def install(self, package: Path) -> subprocess.CompletedProcess[str]:
        """Install Mailward from a built package, as an administrator does."""
        raise NotImplementedError

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command on the machine, as its administrator would.

        Raises AssertionError with what it printed if it fails and `check` is set.
        """
        return managed.run(self.machine, *words, check=check, umask=self.umask)

    def mailward(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Our command, as root types it."""
        return self.run("mailward", *words, check=check)

    def uid(self, user: str) -> int:
        """The machine's number of a user."""
        return Host(self.root).uid(user)

    def kill_all(self, *words: str) -> None:
        """SIGKILL to every process of this machine that has one of the words in its command."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                inside = (process / "root").readlink() == self.root.resolve()
                command = (process / "cmdline").read_bytes().decode("utf-8", "replace")
            except OSError:
                continue
            if inside and any(word in command for word in words):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(process.name), signal.SIGKILL)

    def write(self, path: str, text: str) -> None:
        """Write a file that everybody may read, whatever the umask; its folder exists."""
        file = self.machine.path(path)
        file.write_text(text, "utf-8")
        file.chmod(0o644)

    def configure(self, text: str) -> None:
        """Write what the installer writes, with another port for Dovecot's questions in the place
        of `{port}`: several machines of the lab run side by side."""
        port = self.machine.reserve("mailward")
        self.machine.path(SETTINGS).parent.mkdir(mode=0o755, exist_ok=True)
        self.write(SETTINGS, text.format(port=port))

    def close(self) -> None:
        """End everything, remove the machine."""
        self.machine.close()


@contextlib.contextmanager
def guarded(kind: Callable[[], Server], package: Path) -> Iterator[Server]:
    """A server with Mailward, which lets Germany and Austria in."""
    with available(), kind() as server:
        result = server.install(package)
        assert result.returncode == 0, result.stdout
        server.mailward("set", "country.mode", "allow")
        server.mailward("set", "country.list", "DE,AT")
        yield server


@contextlib.contextmanager
def several(kind: Callable[..., Server]) -> Iterator[Callable[..., Server]]:
    """`make(...)`: as many running servers without Mailward as wanted, each made as `kind` is."""
    with contextlib.ExitStack() as stack, available():

        def make(*words: str, **options: str) -> Server:
            server = kind(*words, **options)
            stack.enter_context(server)
            return server

        yield make
