"""A whole mail host: one machine with Dovecot and Postfix, started in the right order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.lab.dovecot import LabDovecot
from tests.lab.lifetime import Lifetime
from tests.lab.machine import LabMachine
from tests.lab.postfix import LabPostfix

if TYPE_CHECKING:
    Generation = tuple[tuple[int, frozenset[int]], tuple[int, frozenset[int]]]


class MailHost(Lifetime):
    """`with MailHost("bookworm") as host:` runs both servers; the end removes every trace.

    machine, postfix, dovecot: its parts; root: the folder that holds its file system.
    """

    def __init__(self, release: str, *, proxied: bool = True) -> None:
        """Make the machine and write both configurations. Raises LabUnavailableError."""
        self.machine = LabMachine(release)
        self.root = self.machine.root
        self.dovecot = LabDovecot(self.machine, proxied=proxied)
        self.postfix = LabPostfix(self.machine, proxied=proxied)

    def start(self) -> None:
        """Dovecot first: Postfix asks it at start what SASL mechanisms there are."""
        self.dovecot.start()
        self.postfix.start()

    def reload(self) -> None:
        """Both servers read their settings anew; then nothing that knows the old ones is left."""
        before = self.generation()
        self.machine.run("doveadm", "reload")
        self.machine.run("postfix", "reload")
        self.await_reloaded(before)

    def generation(self) -> Generation:
        """What `await_reloaded` needs from before somebody else reloads both servers."""
        return self.dovecot.generation(), self.postfix.generation()

    def await_reloaded(self, before: Generation) -> None:
        """Wait for the end of a reload of both servers. Raises ServerFailedError."""
        dovecot, postfix = before
        self.dovecot.await_reloaded(dovecot)
        self.postfix.await_reloaded(postfix)

    def close(self) -> None:
        """End the servers, remove the machine."""
        self.machine.close()
