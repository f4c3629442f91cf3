"""A machine of the lab with the double of Plesk on it: mail servers, panel, service manager.

`with PleskServer() as server:` has everything running and nothing of ours installed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab import debian, managed
from tests.lab.client import SmtpDialogue
from tests.lab.mail_host import MailHost
from tests.lab.panel_server import PanelServer
from tests.lab.readiness import await_true
from tests.lab.release import PLESK
from tests.plesk.double.mail import LOG_READERS, PleskMail

if TYPE_CHECKING:
    import subprocess

HERE = Path(__file__).parent

PSAADM = 59110
PASSWORD = "panel-password"

CONFIGURATION = """\
[listen]
policy = ["unix:/run/mailward/policy.sock", "unix:/var/spool/postfix/mailward/policy.sock"]
web = "unix:/run/mailward-web/web.sock"
dovecot = "tcp:127.0.0.1:{port}"
"""
"""What the installer writes, but for the port."""

PACKAGE = "/root/mailward.zip"

PHP_MODULES = ("ctype", "curl", "pdo", "pdo_sqlite")
"""Debian's maintainer scripts would switch them on."""

VERSIONS = ("18.0.22", "18.0.23", "18.0.51", "18.0.52", "18.0.68")
"""Around each of them something of the SDK changes (facts/plesk.md 10, 13.2)."""

CLIENTS = (
    # id, login, type, parent
    (1, "admin", "admin", None),
    (2, "rita", "reseller", 1),
    (3, "anna", "client", 2),
    (4, "bert", "client", 1),
)
DOMAINS = ((1, "example.test", 3), (2, "customer.test", 4))

SCHEMA = """
CREATE TABLE clients (id INTEGER PRIMARY KEY, login TEXT, type TEXT, parent_id INTEGER);
CREATE TABLE domains (id INTEGER PRIMARY KEY, name TEXT, cl_id INTEGER);
CREATE TABLE mail (id INTEGER PRIMARY KEY, mail_name TEXT, dom_id INTEGER);
CREATE TABLE permissions (domain_id INTEGER, name TEXT, value INTEGER);
CREATE TABLE modules (id TEXT PRIMARY KEY, name TEXT, version TEXT);
CREATE TABLE module_settings (name TEXT, value TEXT);
CREATE TABLE scheduled_tasks (id INTEGER PRIMARY KEY, cmd TEXT);
"""

MAILMNG = """#!/bin/sh
case "$1" in
--features) echo "SMTP_Server = {server}"; echo "IMAP_Server = Dovecot" ;;
esac
"""


class PleskServer(PanelServer):
    """The machine.

    host: its mail servers; mail: as Plesk sets them up; address: the panel's, for a browser.
    """

    def __init__(self, version: str = "18.0.68", rows: str = "both") -> None:
        """Make it. version: Plesk's; rows: see `mail.VARIANTS`. Raises LabUnavailableError."""
        debian.fetch(PLESK)
        self.host = MailHost("bookworm")
        super().__init__(self.host.machine)
        self._lay_php()
        self._make_accounts()
        self._make_plesk(version)
        self._make_panel_database()
        self.mail = PleskMail(self.machine)
        self.mail.set_up(rows)
        self.configure(CONFIGURATION)
        port = self.machine.reserve("panel")
        self.address = f"http://127.0.0.1:{port}"
        self._panel_port = port

    def start(self) -> None:
        """Start the service manager, the mail servers and the panel."""
        managed.start_manager(self.machine)
        self.machine.keep("mod_wrapper", "/usr/sbin/plesk", "mod_wrapper")
        self._await("/run/psa/mod_wrapper.sock")
        self.mail.start()
        self._await("/run/plesk_saslauthd")
        self.host.start()
        self.machine.keep(
            "panel",
            *("/usr/bin/php", "-d", "display_errors=stderr", "-d", "error_reporting=-1"),
            *("-S", f"127.0.0.1:{self._panel_port}", "/usr/lib/psa-sdk/panel.php"),
            user=PSAADM,
        )

    def install(self, package: Path) -> subprocess.CompletedProcess[str]:
        """Install our extension from a built package."""
        shutil.copy(package, self.machine.path(PACKAGE))
        return self.run("plesk", "bin", "extension", "--install", PACKAGE, check=False)

    def upgrade(self, package: Path) -> subprocess.CompletedProcess[str]:
        """Upgrade to another package."""
        shutil.copy(package, self.machine.path(PACKAGE))
        return self.run("plesk", "bin", "extension", "--upgrade", PACKAGE, check=False)

    def uninstall(self) -> subprocess.CompletedProcess[str]:
        """Remove our extension."""
        return self.run("plesk", "bin", "extension", "--uninstall", "mailward", check=False)

    def php(self, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run PHP as the panel does: as its user, with the SDK, in the extension's name."""
        script = self.machine.path("/opt/psa/tmp/test.php")
        script.write_text(f"<?php\npm_Context::init('mailward');\n{code}\n")
        script.chmod(0o644)
        return self.run("plesk", "php", "/opt/psa/tmp/test.php", *arguments, check=False)

    def event(self, action: str, **values: str) -> subprocess.CompletedProcess[str]:
        """Something happens in the panel. Blanks in names of values are written as `_`."""
        named = {name.replace("_", " "): value for name, value in values.items()}
        return self.run("plesk", "event", action, json.dumps(named), check=False)

    def complaints(self) -> list[str]:
        """What PHP has complained about so far in the panel's web server."""
        lines = self.machine.path("/var/log/panel.console").read_text("utf-8").splitlines()
        return [line for line in lines if re.search(r"PHP [A-Z][a-z ]+:|Fatal", line)]

    def database(self, statement: str, *values: object) -> None:
        """Change the panel's data."""
        with sqlite3.connect(self.machine.path("/var/lib/psa/psa.sqlite"), timeout=10) as panel:
            panel.execute(statement, values)
        panel.close()

    def smtp(self, port: int, source: str) -> SmtpDialogue:
        """A client at 25, 465 or 587 (which stand for the lab's own ports)."""
        names = {25: "smtp", 465: "submissions", 587: "submission"}
        family = 6 if ":" in source else 4
        return SmtpDialogue(
            self.host.postfix.ports[names[port]], source, port, tls=port == 465, family=family
        )

    def close(self) -> None:
        """End everything, remove the machine."""
        self.host.close()

    def _await(self, path: str) -> None:
        place = self.machine.path(path)
        await_true(place.exists, path, lambda: f"{path} does not appear")

    def _lay_php(self) -> None:
        """PHP as Plesk has it, beside what every panel's machine has."""
        managed.lay_over(self.machine)
        shutil.copytree(PLESK.root / "etc/php", self.root / "etc/php", dirs_exist_ok=True)
        modules = self.root / "etc/php/8.2/cli/conf.d/10-modules.ini"
        modules.parent.mkdir(parents=True, exist_ok=True)
        modules.write_text("".join(f"extension={name}\n" for name in PHP_MODULES))
        link = self.root / "usr/bin/php"
        link.unlink(missing_ok=True)
        link.symlink_to("php8.2")

    def _make_accounts(self) -> None:
        with (self.root / "etc/passwd").open("a") as passwd:
            passwd.write(f"psaadm:x:{PSAADM}:{PSAADM}::/opt/psa/admin:/usr/sbin/nologin\n")
        with (self.root / "etc/group").open("a") as group:
            group.write(f"adm:x:{LOG_READERS}:\n")
            group.write(f"psaadm:x:{PSAADM}:\nswkey-data:x:{PSAADM + 1}:\n")

    def _make_plesk(self, version: str) -> None:
        for folder in ("admin/htdocs/modules", "admin/plib/modules", "admin/sbin/modules",
                       "admin/bin/modules", "var/modules", "bin", "tmp"):  # fmt: skip
            (self.root / "opt/psa" / folder).mkdir(parents=True, exist_ok=True)
        (self.root / "opt/psa/tmp").chmod(0o1777)
        (self.root / "usr/local/psa").symlink_to("/opt/psa")
        (self.root / "opt/psa/version").write_text(f"{version} Debian 12 1800240501.14\n")
        (self.root / "etc/psa").mkdir()
        (self.root / "etc/psa/psa.conf").write_text(
            "# Plesk tree\nPRODUCT_ROOT_D /opt/psa\nQMAIL_ROOT_D /var/qmail\n"
            "PLESK_MAILNAMES_D /var/qmail/mailnames\n"
        )
        self.choose_mail_server("Postfix")
        shutil.copy(HERE / "plesk_command.py", self.root / "usr/lib/plesk_command.py")
        command = '#!/bin/sh\nexec /usr/bin/python3 -I /usr/lib/plesk_command.py "$@"\n'
        managed.write_program(self.machine, "/usr/sbin/plesk", command)
        shutil.copytree(HERE / "sdk", self.root / "usr/lib/psa-sdk")

    def choose_mail_server(self, name: str) -> None:
        """Postfix or QMail, as `mailmng --features` says it."""
        mailmng = self.root / "opt/psa/admin/sbin/mailmng"
        mailmng.write_text(MAILMNG.format(server=name))
        mailmng.chmod(0o755)

    def _make_panel_database(self) -> None:
        folder = self.root / "var/lib/psa"
        folder.mkdir(parents=True)
        panel = sqlite3.connect(folder / "psa.sqlite")
        panel.executescript(SCHEMA)
        panel.executemany("INSERT INTO clients VALUES (?, ?, ?, ?)", CLIENTS)
        panel.executemany("INSERT INTO domains VALUES (?, ?, ?)", DOMAINS)
        boxes = [(name, 1) for name in ("alice", "bob")] + [(n, 2) for n in ("carol", "dave")]
        panel.executemany("INSERT INTO mail (mail_name, dom_id) VALUES (?, ?)", boxes)
        panel.commit()
        panel.close()
        os.chown(folder, PSAADM, PSAADM)
        os.chown(folder / "psa.sqlite", PSAADM, PSAADM)
