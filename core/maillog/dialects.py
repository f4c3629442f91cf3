"""The dialects that logs come in: what each looks like, where it usually lies, and who reads it.

One table. It opens no file; who follows or replays a log picks its dialect here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice

from msgspec import Struct

from core.maillog import dovecot, exim, mailenable, mailenable_w3c, qmail, syslog, zimbra
from core.maillog.calendar import Calendar
from core.maillog.record import Record
from core.maillog.whereabouts import FILES
from core.words import N_, Service

Parse = Callable[[bytes], Record | None]
"""From one line, with or without its end, to what it says. Never raises."""

FIRST_LINES = 500
"""Lines that are looked at to learn a log's dialect."""


class Dialect(Struct, frozen=True):
    """One way in which mail servers write a log.

    Attributes:
        name: for settings and the command line; never changes.
        title: what people call it, marked for translation.
        files: paths, with ``*`` and the like, where such a log usually lies.
        form: matches the beginning of lines of this dialect, and of none further down.
        make: a new parser for one log. It may remember earlier lines, within bounds.
    """

    name: str
    title: str
    files: tuple[str, ...]
    form: re.Pattern[bytes]
    make: Callable[[Calendar], Parse]


_ALL = (
    Dialect(
        "syslog",
        N_("mail log of syslog (Postfix, Dovecot, Courier, Cyrus)"),
        FILES["syslog"],
        syslog.FORM,
        syslog.SyslogReader,
    ),
    Dialect(
        "dovecot",
        N_("Dovecot's own log file"),
        FILES["dovecot"],
        dovecot.FORM,
        dovecot.DovecotReader,
    ),
    Dialect(
        "mailenable-w3c",
        N_("W3C log of MailEnable"),
        FILES["mailenable-w3c"],
        mailenable_w3c.FORM,
        mailenable_w3c.W3cReader,
    ),
    Dialect(
        "mailenable",
        N_("activity log of MailEnable"),
        FILES["mailenable"],
        mailenable.FORM,
        mailenable.ActivityReader,
    ),
    Dialect(
        "zimbra",
        N_("audit log of Zimbra"),
        FILES["zimbra"],
        zimbra.FORM,
        zimbra.ZimbraReader,
    ),
    Dialect(
        "qmail",
        N_("log of qmail, port 25 and the queue (InterWorx)"),
        FILES["qmail"],
        qmail.FORM,
        qmail.reader(Service.SMTP),
    ),
    Dialect(
        "qmail-submission",
        N_("log of qmail, port 587 (InterWorx)"),
        FILES["qmail-submission"],
        qmail.FORM,
        qmail.reader(Service.SUBMISSION),
    ),
    Dialect(
        "exim",
        N_("main log of Exim (cPanel, DirectAdmin, Debian)"),
        FILES["exim"],
        exim.FORM,
        exim.EximReader,
    ),
)

DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in _ALL}
"""Every dialect, by name."""


def detect(lines: Iterable[bytes]) -> str:
    """The name of the dialect that most of a log's first lines are of; "" where it is none."""
    counts = dict.fromkeys(DIALECTS, 0)
    seen = 0
    for line in islice(filter(bytes.strip, lines), FIRST_LINES):
        seen += 1
        for name, dialect in DIALECTS.items():
            if dialect.form.match(line):
                counts[name] += 1
                break
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] * 2 > seen else ""
