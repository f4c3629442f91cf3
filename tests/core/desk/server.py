"""A server on which Mailward is installed in tests: a folder as its root, commands that behave."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.control import Control
from core.desk.act import Act
from core.desk.installation import Site
from core.desk.installing import Installer
from core.desk.uninstalling import Uninstaller
from core.panel import Bridge, Change
from core.settings.config import Config, Listen, Paths
from tests.core.desk import samples
from tests.core.desk.mail_hook import Change as HookChange
from tests.core.desk.mail_hook import Hook
from tests.core.desk.office import Panel
from tests.core.system.machines import ScriptedHost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ACCOUNTS = "root:x:0:0::/root:/bin/sh\npsaadm:x:499:499::/:/bin/sh\n"


class Daemon(Control):
    """The way to a daemon that runs when its unit does."""

    def __init__(self, server: Server) -> None:
        super().__init__("unix:/nowhere")
        self._server = server
        self.asked: list[str] = []

    def call(self, verb: str, **arguments: object) -> object:
        """Answered while the unit is active."""
        from core.errors import DaemonUnreachable

        self.asked.append(verb)
        if not self._server.daemon_answers or "mailward.service" not in self._server.active:
            raise DaemonUnreachable("the daemon cannot be reached")
        return samples.status() if verb == "status" else {"seen": True}


class FreshChange(HookChange):
    """A change that nobody ever cut off."""

    def resume(self, confirm: object = None) -> bool:
        """Nothing to resume."""
        return False


class FreshHook(Hook):
    """A hook that was never interrupted."""

    def __init__(self, name: str = "postfix") -> None:
        super().__init__(name)
        self.change = FreshChange()


class OwnRoot(ScriptedHost):
    """A machine whose own folders are named as they are for us, and all else as it is for it."""

    def path(self, name: str) -> Path:
        """The real path."""
        return Path(name) if name.startswith(f"{self.root}/") else super().path(name)


class Server:
    """The machine.

    Attributes:
        active: units that run; broken: units that do not start; daemon_answers: whether it does.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("etc/systemd/system", "run/systemd/system", "usr/local/bin", "var/lib"):
            (root / name).mkdir(parents=True)
        for name in ("etc/passwd", "etc/group"):
            (root / name).write_text(ACCOUNTS)
        self.active: set[str] = set()
        self.broken: set[str] = set()
        self.daemon_answers = True
        self.host = OwnRoot(
            root,
            {"useradd": self._add, "userdel": self._delete, "systemctl": self._systemctl},
        )
        self.config = Config(
            paths=Paths(str(root / "var/lib/mailward"), "/run/mailward", str(root / "var/log/mw")),
            listen=Listen(dovecot="off"),
        )
        self.panel = Panel()
        self.control = Daemon(self)

    def site(self, bridge: Bridge | None = None) -> Site:
        """What is known of it."""
        return Site(self.config, ("/opt/mailward/bin/mailward",), bridge)

    def installer(self, bridge: Bridge | None = None) -> Installer:
        """Somebody who works on it, and never waits."""
        ticks = iter(range(100_000))
        return Installer(
            self.site(bridge),
            self.panel,
            self.host,
            self.control,
            clock=lambda: float(next(ticks)),
            pause=lambda _: None,
        )

    def install(self, bridge: Bridge | None = None) -> list[Act]:
        """Install."""
        return list(self.installer(bridge).install(None))

    def uninstall(self, *, purge: bool = False) -> list[Act]:
        """Uninstall."""
        found = Uninstaller(self.config, self.panel, self.host)
        return list(found.uninstall(purge=purge))

    def _add(self, command: Sequence[str]) -> tuple[int, str]:
        number = 59_200 + len((self.root / "etc/passwd").read_text().splitlines())
        for name in ("passwd", "group"):
            with (self.root / "etc" / name).open("a") as file:
                file.write(f"{command[-1]}:x:{number}:{number}::/:/usr/sbin/nologin\n")
        return 0, ""

    def _delete(self, command: Sequence[str]) -> tuple[int, str]:
        for name in ("passwd", "group"):
            path = self.root / "etc" / name
            lines = path.read_text().splitlines(keepends=True)
            path.write_text("".join(x for x in lines if x.split(":")[0] != command[1]))
        return 0, ""

    def _systemctl(self, command: Sequence[str]) -> tuple[int, str]:
        verb, unit = command[1], command[-1]
        if verb in ("enable", "restart"):
            if unit in self.broken or not (self.root / "etc/systemd/system" / unit).exists():
                return 1, f"Job for {unit} failed"
            self.active.add(unit)
        elif verb == "disable":
            self.active.discard(unit)
        elif verb == "is-active":
            return (0, "") if unit in self.active else (3, "")
        return 0, ""


class Registration(Change):
    """A panel's own entries, in a file of a test's machine."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.left = ()
        self.on_record = False

    def describe(self) -> str:
        """One line."""
        return "Join the panel\n"

    def as_data(self) -> dict[str, object]:
        """The title."""
        return {"title": "Join the panel"}

    def apply(self, confirm: object = None, *, again: bool = False) -> bool:
        """Write the file."""
        if self.file.exists() or (again and not self.on_record):
            return False
        self.file.write_text("ours")
        self.on_record = True
        return True

    def resume(self, confirm: object = None) -> bool:
        """Nothing is ever interrupted."""
        return False

    def undo(self) -> bool:
        """Remove the file."""
        self.file.unlink()
        self.on_record = False
        return True


def problems(acts: Iterator[Act] | list[Act]) -> dict[str, str]:
    """What went wrong, by the act's name."""
    return {act.name: act.problem for act in acts if act.problem}
