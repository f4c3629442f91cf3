"""DirectAdmin's Exim with the real daemon beside it, and the hook that our own panel makes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from core.panel import Doors
from core.system.host import Host
from directadmin import places
from directadmin.panel import DirectAdmin
from tests.directadmin.double.exim import MAIL, DirectAdminExim
from tests.directadmin.double.exim_skeleton import skeleton
from tests.lab.daemon import LabDaemon
from tests.lab.lifetime import Lifetime
from tests.lab.readiness import await_true
from tests.lab.skeleton import UID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.panel import MailHook

SYSTEMCTL = """#!/bin/sh
# The service manager of this machine knows Exim alone.
echo "$*" >> /run/systemctl.log
[ "$2" = exim ] || exit 5
case $1 in
try-reload-or-restart | restart | reload) kill -HUP "$(cat /run/exim.pid)" ;;
esac
"""


class GuardedDirectAdmin(Lifetime):
    """`with GuardedDirectAdmin("bookworm") as guarded:` runs both; the hook is not installed.

    exim, daemon: they; panel: ours, on that machine; records: undo records.
    """

    def __init__(self, release: str) -> None:
        """Make the machine. Raises LabUnavailableError."""
        self.exim = DirectAdminExim(release)
        self.machine = self.exim.machine
        self.daemon = LabDaemon(self.machine, self.machine.path("/run/mailward-exim/policy.sock"))
        text = self.daemon.config.read_text("utf-8")
        self.daemon.config.write_text(text.replace(f'"{UID["postfix"]}"', f'"{MAIL}"'), "utf-8")
        self.exim.write("/usr/bin/systemctl", SYSTEMCTL, 0o755)
        self.exim.write(places.PROGRAM, "#!/bin/sh\necho DirectAdmin v.1.690\n", 0o755)
        self.panel = DirectAdmin(Host(self.machine.root))
        self.records = self.machine.path("/var/lib/mailward-undo")
        self._accounts = 0
        self.exim.add_boxes(*(f"person{n}@example.test" for n in range(1, 60)))

    @property
    def hook(self) -> MailHook:
        """The hook for Exim."""
        doors = Doors(("unix:/run/mailward-exim/policy.sock",), "", "secret", "root")
        (hook,) = self.panel.hooks(doors, self.records)
        return hook

    def install(self) -> bool:
        """Change Exim, and prove it by the hook's own probe."""
        hook = self.hook
        return hook.plan().apply(lambda: hook.probe(self.daemon.was_asked))

    def remove(self) -> tuple[str, ...]:
        """Take the hook back; what had to be left."""
        plan = self.hook.recorded()
        if plan is None:
            return ()
        with self.reloaded():
            plan.undo()
        return plan.left

    def rebuild(self) -> None:
        """``da build exim_conf``: its own files are new, everybody's stay; Exim starts anew."""
        text = skeleton(self.exim.ports["submission"])
        self.exim.write(self.exim.config_file, text)
        with self.reloaded():
            self.machine.run("systemctl", "restart", "exim")

    @contextmanager
    def reloaded(self) -> Iterator[None]:
        """What is done in here makes Exim read its configuration; wait until it has."""
        before = self._starts()
        yield
        await_true(lambda: self._starts() > before, "a reloaded Exim", self.exim.log_text)

    def _starts(self) -> int:
        return self.exim.log_text().count("daemon started")

    def new_account(self) -> str:
        """A mailbox that no test has used."""
        self._accounts += 1
        return f"person{self._accounts}@example.test"

    def start(self) -> None:
        """Start both."""
        self.daemon.start()
        self.exim.start()

    def close(self) -> None:
        """End everything."""
        self.exim.close()
