"""E13: fail2ban's jails for mail, as its own files switch them on."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.mta.neighbours import fail2ban
from core.mta.neighbours.finding import Weight
from tests.core.mta.neighbours.trees import brief, found

STOCK = """\
[INCLUDES]
before = paths-debian.conf

[DEFAULT]
enabled = false
filter = %(__name__)s[mode=%(mode)s]
ignoreip = 127.0.0.1/8 ::1

[sshd]
port = ssh

[postfix]
mode = more
port = smtp,465,submission

[postfix-sasl]
filter = postfix[mode=auth]

[dovecot]
port = pop3,pop3s,imap,imaps
"""

CASES = [
    ("", {}, ""),
    ("all off", {"jail.conf": STOCK}, ""),
    ("local", {"jail.conf": STOCK, "jail.local": "[postfix]\nenabled = true\n"}, "postfix"),
    (
        "Debian",
        {"jail.conf": STOCK, "jail.d/defaults-debian.conf": "[sshd]\nenabled = true\n"},
        "",
    ),
    (
        "two",
        {
            "jail.conf": STOCK,
            "jail.d/mail.conf": "[dovecot]\nenabled=1\n[postfix-sasl]\nenabled=Yes\n",
        },
        "postfix-sasl, dovecot",
    ),
    (
        "the last file counts",
        {
            "jail.conf": STOCK,
            "jail.d/a.conf": "[dovecot]\nenabled = true\n",
            "jail.local": "[dovecot]\nenabled = false\n",
            "jail.d/z.local": "[postfix]\nenabled = true\n",
        },
        "postfix",
    ),
    (
        "all by default",
        {"jail.local": "[DEFAULT]\nenabled = true\n[dovecot]\nport = imap\n[web]\nfilter = web\n"},
        "dovecot",
    ),
    (
        "Plesk",
        {"jail.local": "[plesk-postfix]\nenabled = true\nfilter = postfix-sasl\n"},
        "plesk-postfix",
    ),
    (
        "by its filter",
        {"jail.local": "[mail]\nenabled = true\nfilter = vpopmail-login\n"},
        "mail",
    ),
    ("damage", {"jail.local": "no section\n[postfix]\nenabled = true\n"}, ""),
]


@pytest.mark.parametrize(
    ("files", "jails"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_the_mail_servers_jails_are_named(
    tmp_path: Path, files: dict[str, str], jails: str
) -> None:
    findings = found(
        fail2ban.look, tmp_path, {f"{fail2ban.FOLDER}/{name}": text for name, text in files.items()}
    )
    expected = [("fail2ban", f"jails {jails}", Weight.OVERLAPS)] if jails else []
    assert brief(findings) == expected


def test_the_file_that_switches_it_on_is_named(tmp_path: Path) -> None:
    files = {"jail.conf": STOCK, "jail.d/mail.conf": "[dovecot]\nenabled = true\n"}
    (finding,) = found(
        fail2ban.look, tmp_path, {f"{fail2ban.FOLDER}/{name}": text for name, text in files.items()}
    )
    assert finding.where == "/etc/fail2ban/jail.d/mail.conf"
