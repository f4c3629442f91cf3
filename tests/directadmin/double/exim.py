"""Exim as DirectAdmin sets it up, on a machine of the lab, with a customer's domains.

Knows nothing of Mailward. Exim runs as ``mail`` and reads /etc/exim.conf.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.directadmin.double.exim_skeleton import skeleton, variables
from tests.lab.client import SmtpDialogue
from tests.lab.dovecot import ACCOUNTS, PASSWORD
from tests.lab.exim import LabExim
from tests.lab.ports import has_ipv6
from tests.lab.skeleton import PRIVATE_KEY, UID

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.machine import LabMachine

MAIL = UID["mail"]

OWNERS = {"example.test": "anna", "customer.test": "bert"}
"""Domain -> system user."""

USERS = {"admin": 59111, "rita": 59112, "anna": 59113, "bert": 59114}
DIRADMIN = 59110

FOREIGN = """\
# the administrator's own
  deny senders = unwanted@example.test
       message = not from here
"""


class DirectAdminExim(LabExim):
    """The Exim of one machine; `ports` stand for 25, 587 and 465."""

    config_directory = "/etc/exim4"
    config_file = "/etc/exim.conf"
    main_log = "/var/log/exim/mainlog"

    def __init__(self, machine: LabMachine | str) -> None:
        """Lay it over the machine. Raises LabUnavailableError."""
        super().__init__(machine)

    def configure(self) -> None:
        """Write DirectAdmin's files; Exim's own place for its configuration is a link to them."""
        write = self.write
        write(self.config_file, skeleton(self.ports["submission"]))
        here = "<; 127.0.0.1 ; ::1" if has_ipv6() else "127.0.0.1"
        write("/etc/exim.variables.conf", variables(self.ports, here, here))
        for name in ("exim4.conf",):
            link = self.machine.path(f"{self.config_directory}/{name}")
            link.unlink(missing_ok=True)
            link.symlink_to(self.config_file)
        write("/etc/exim.acl_check_recipient.pre.conf", FOREIGN)
        self._virtual()

    def write(self, name: str, text: str, mode: int = 0o644, owner: int = 0) -> Path:
        """Write a file of the machine's."""
        path = self.machine.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        path.chmod(mode)
        os.chown(path, owner, owner)
        return path

    def add_boxes(self, *addresses: str) -> None:
        """Add mailboxes; `PASSWORD` opens them."""
        for address in addresses:
            box, _, domain = address.partition("@")
            with self.machine.path(f"/etc/virtual/{domain}/passwd").open("a") as file:
                file.write(f"{box}:{self._hash}::::::\n")

    def client(self, port: int, source: str, source_port: int = 40000) -> SmtpDialogue:
        """A client at 25, 465 or 587, up to the greeting."""
        names = {25: "smtp", 465: "submissions", 587: "submission"}
        family = 6 if ":" in source else 4
        return SmtpDialogue(
            self.ports[names[port]],
            source,
            port,
            tls=port == 465,
            family=family,
            source_port=source_port,
        )

    def submission(self, port: int, source: str, account: str) -> SmtpDialogue:
        """The same, logged in. Raises AssertionError with the dialogue when that fails."""
        client = self.client(port, source)
        client.ehlo()
        if client.auth_plain(account, PASSWORD).code != 235:
            client.close()
            raise AssertionError(client.transcript)
        return client

    def script(self, user: int, *arguments: str, text: str = "") -> int:
        """Hand a mail to `sendmail` as a customer's PHP does; the exit code."""
        folder = "/home/webuser/site"
        inside = self.machine.path(folder)
        inside.mkdir(parents=True, exist_ok=True)
        inside.chmod(0o755)
        letter = inside / "letter"
        letter.write_text(text or "To: bob@example.test\nSubject: one\n\nBuy!\n", "utf-8")
        command = 'cd "$1"; shift; exec /usr/sbin/sendmail "$@" < ./letter'
        words = ("sh", "-c", command, "sh", folder, *(arguments or ("-t", "-i")))
        return self.machine.run(*words, user=user, check=False).returncode

    def _install(self) -> None:
        super()._install()
        os.chown(self.machine.path(PRIVATE_KEY), 0, MAIL)
        for folder in ("/var/spool/exim", "/var/log/exim"):
            path = self._own(folder)
            os.chown(path, MAIL, MAIL)
        for link in ("exim", "sendmail"):
            place = self.machine.path("/usr/sbin") / link
            place.unlink(missing_ok=True)
            place.symlink_to("exim4")
        people = {"diradmin": DIRADMIN, **USERS}
        with self.machine.path("/etc/passwd").open("a") as passwd:
            passwd.writelines(f"{u}:x:{n}:{n}::/home/{u}:/bin/sh\n" for u, n in people.items())
        with self.machine.path("/etc/group").open("a") as group:
            group.writelines(f"{user}:x:{number}:\n" for user, number in people.items())

    def _virtual(self) -> None:
        printed = self.machine.run("openssl", "passwd", "-6", "-salt", "lab", PASSWORD)
        self._hash = printed.stdout.strip()
        write = self.write
        write("/etc/virtual/domains", "".join(f"{domain}\n" for domain in OWNERS), 0o640, MAIL)
        owners = "".join(f"{domain}: {user}\n" for domain, user in OWNERS.items())
        write("/etc/virtual/domainowners", owners, 0o640, MAIL)
        for name in ("limit", "user_limit"):
            write(f"/etc/virtual/{name}", "1000\n", 0o644, MAIL)
        for name in ("usernames", "smtp_usernames", "script_usernames"):
            write(f"/etc/virtual/blacklist_{name}", "", 0o644, MAIL)
        self.machine.path("/etc/virtual/usage").mkdir(exist_ok=True)
        system = "".join(f"{user}: {self._hash}\n" for user in USERS)
        write("/etc/exim.system_users", system, 0o640, MAIL)
        for domain in OWNERS:
            write(f"/etc/virtual/{domain}/passwd", "", 0o640, MAIL)
        self.add_boxes(*ACCOUNTS)
