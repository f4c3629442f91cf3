"""Where the logs of mail servers usually lie, by the dialect that they come in.

Beside `core.maillog.dialects` and not in it, so that who only chooses logs loads nothing that reads
them: the daemon leaves that to a process of its own.
"""

from __future__ import annotations

from typing import Final

SYSLOG: Final = "syslog"
"""The dialect of what syslog writes."""

PROGRAM: Final = "journalctl"
"""What reads the system's journal."""

_MAILENABLE = (r"C:\Program Files (x86)\Mail Enable", r"C:\Program Files\Mail Enable")
_SERVERS = ("SMTP", "IMAP", "POP")

FILES: Final[dict[str, tuple[str, ...]]] = {
    SYSLOG: (
        "/var/log/mail.log",
        "/var/log/maillog",
        "/var/log/mail",
        "/var/log/postfix.log",
        "/usr/local/psa/var/log/maillog",
    ),
    "dovecot": (
        "/var/log/dovecot.log",
        "/var/log/dovecot-info.log",
        "/var/log/dovecot/dovecot.log",
        "/var/log/dovecot/dovecot-info.log",
    ),
    "mailenable-w3c": tuple(
        rf"{folder}\Logging\{name}\ex*.log" for folder in _MAILENABLE for name in _SERVERS
    ),
    "mailenable": tuple(
        rf"{folder}\Logging\{name}\{name}-Activity-*.log"
        for folder in _MAILENABLE
        for name in _SERVERS
    ),
    "zimbra": (
        "/opt/zimbra/log/audit.log",
        "/opt/zimbra/log/mailbox.log",
        "/opt/zimbra/log/imapd-audit.log",
    ),
    "qmail": ("/var/log/smtp/current", "/var/log/send/current"),
    "qmail-submission": ("/var/log/smtp2/current",),
    "exim": (
        "/var/log/exim_mainlog",
        "/var/log/exim/mainlog",
        "/var/log/exim/main.log",
        "/var/log/exim4/mainlog",
    ),
}
"""Dialect -> paths, with ``*`` and the like."""
