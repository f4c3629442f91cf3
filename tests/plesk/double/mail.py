"""How Plesk sets up Postfix on the double: its own values, Cyrus SASL, and the rows it may have.

Facts: facts/plesk.md 7.2 and 13.1. Nothing here knows of Mailward.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab.dovecot import PASSWORD
from tests.lab.skeleton import UID

if TYPE_CHECKING:
    from tests.lab.machine import LabMachine

HERE = Path(__file__).parent

BLACKLISTS = "texthash:/var/spool/postfix/plesk/blacklists"
TRUSTED = "permit_mynetworks, permit_sasl_authenticated"

SETTINGS = (
    f"smtpd_sender_restrictions = check_sender_access {BLACKLISTS}, permit_sasl_authenticated",
    f"smtpd_client_restrictions = {TRUSTED}",
    f"smtpd_recipient_restrictions = {TRUSTED}, reject_unauth_destination",
    "smtpd_timeout = 3600s",
    "message_size_limit = 10240000",
    "smtpd_authorized_xforward_hosts = 127.0.0.0/8 [::1]/128",
    "smtpd_sasl_type = cyrus",
    "smtpd_sasl_path = smtpd",
    "cyrus_sasl_config_path = /etc/postfix/sasl",
)

SASL = """\
pwcheck_method: auxprop saslauthd
auxprop_plugin: sasldb
saslauthd_path: /run/plesk_saslauthd
mech_list: CRAM-MD5 PLAIN LOGIN
log_level: 4
"""
"""Plesk's own plugin reads its own database; sasldb is the one that every Cyrus has."""

LOG = "/var/log/mail.log"
LOG_READERS = 4
"""The group adm, which may read logs on Debian."""

AUTH = "-o smtpd_sasl_auth_enable=yes"
REJECT = "-o smtpd_client_restrictions=permit_sasl_authenticated,reject"
SENDER = "-o smtpd_sender_restrictions="

SUBMISSION = f"submission inet n - n - - smtpd {AUTH} {REJECT} {SENDER}\n"
SMTPS = f"smtps inet n - n - - smtpd -o smtpd_tls_wrappermode=yes {AUTH}\n"
CONTINUED = f"""\
submission inet n       -       n       -       -       smtpd
    {AUTH}
# Plesk's own remark
    {REJECT}
    {SENDER}
"""

VARIANTS = {
    "both": (SUBMISSION, SMTPS),
    "absent": (),
    "smtps": (SMTPS,),
    "named": (SUBMISSION.replace("submission", "127.0.0.1:submission"), SMTPS),
    "number": (SUBMISSION.replace("submission", "{submission}"), SMTPS),
    "continued": (CONTINUED, SMTPS),
}
"""What Plesk may have in master.cf for those who send; `{submission}` is that port's number."""

PEOPLE = ("alice@example.test", "bob@example.test", "carol@customer.test", "dave@customer.test")
DEFAULTS = "/var/lib/psa/postfix-defaults"
"""What `plesk repair mail` goes back to."""


class PleskMail:
    """Postfix of one machine, as Plesk sets it up."""

    def __init__(self, machine: LabMachine) -> None:
        self._machine = machine
        self._stock = self._without_submission()

    def set_up(self, variant: str) -> None:
        """Everything, with one of `VARIANTS`."""
        maps = self._machine.path("/var/spool/postfix/plesk")
        maps.mkdir(parents=True)
        (maps / "blacklists").write_text("")
        self._machine.run("postconf", "-e", *SETTINGS)
        self._set_up_sasl()
        self.write_rows(variant)
        folder = self._machine.path(DEFAULTS)
        folder.mkdir(parents=True)
        for name in ("main.cf", "master.cf"):
            shutil.copy(self._machine.path(f"/etc/postfix/{name}"), folder / name)

    def start(self) -> None:
        """Start what Cyrus SASL asks; before Postfix."""
        shutil.copy(HERE / "saslauthd.py", self._machine.path("/usr/lib/plesk_saslauthd.py"))
        self._make_logs()
        program = ("/usr/bin/python3", "-I", "/usr/lib/plesk_saslauthd.py", *PEOPLE)
        self._machine.keep("plesk_saslauthd", *program)

    def rotate_log(self) -> None:
        """As logrotate does on Debian: a new name, a new file, then whoever writes is told."""
        log = self._machine.path(LOG)
        for number in (2, 1):
            older = log.with_name(f"{log.name}.{number}")
            if older.exists():
                older.rename(log.with_name(f"{log.name}.{number + 1}"))
        log.rename(log.with_name(f"{log.name}.1"))
        self._make_logs()
        self._machine.run("postfix", "reload")

    def _make_logs(self) -> None:
        """Logs that root and those who may read logs can read, and nobody else."""
        for name in (LOG, "/var/log/dovecot.log"):
            path = self._machine.path(name)
            path.touch()
            path.chmod(0o640)
            os.chown(path, 0, LOG_READERS)

    def write_rows(self, variant: str) -> bytes:
        """Write master.cf as Plesk does when a setting of its mail server is changed."""
        rows = "".join(VARIANTS[variant])
        text = self._stock + rows.format(submission=self._machine.ports["submission"])
        path = self._machine.path("/etc/postfix/master.cf")
        path.write_text(text)
        return path.read_bytes()

    def _without_submission(self) -> str:
        """Debian's master.cf with Plesk's `smtp` row, which is in no chroot."""
        text = self._machine.path("/etc/postfix/master.cf").read_text()
        text = text[: text.index("\nsubmission inet n ") + 1]
        lines = [
            line.replace(" y ", " n ", 1) if line.startswith("smtp ") else line
            for line in text.splitlines(keepends=True)
        ]
        return "".join(lines)

    def _set_up_sasl(self) -> None:
        folder = self._machine.path("/etc/postfix/sasl")
        folder.mkdir(exist_ok=True)
        (folder / "smtpd.conf").write_text(SASL)
        script = "".join(
            f"printf %s {PASSWORD!r} | saslpasswd2 -p -c -u {domain} {user}\n"
            for user, _, domain in (each.partition("@") for each in PEOPLE)
        )
        self._machine.run("sh", "-ec", script)
        database = self._machine.path("/etc/sasldb2")
        shutil.chown(database, 0, UID["postfix"])
        database.chmod(0o640)
