"""The report, made or mailed now. What the daemon mails by itself is not changed by that."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec import Struct

from core.desk.picture import Picture, picture
from core.errors import SettingError
from core.notify import report, reporting
from core.notify.host_name import host_name
from core.notify.report_document import Document
from core.notify.report_period import Every, latest
from core.notify.submission import submit
from core.sources.sources import Sources

if TYPE_CHECKING:
    from core.desk.desk import Desk


class SentReport(Struct, frozen=True):
    """A report that the mail system took; whether it arrives is decided beyond it.

    Attributes:
        recipient: to whom it went.
        subject: what it is about.
        id: its Message-ID, to find it in the mail log.
        result: which way it went and what the mail system said.
    """

    recipient: str
    subject: str
    id: str
    result: str


def make(desk: Desk, domain: str = "", every: Every | None = None) -> Document:
    """The report on the last day or week that is over. May take seconds.

    Args:
        desk: whose.
        domain: which domain it is about; "" for the whole server.
        every: on a day or a week; None for what is set, and a week where none are mailed.

    Raises:
        StoreError: the store cannot be read.
    """
    now, rules = time.time(), desk.rules().resolved
    if every is None:
        wanted = rules.of_domain(domain).owner.report if domain else rules.server.notify.report
        every = "weekly" if wanted == "off" else wanted
    sources = Sources.open(desk.config.data)
    try:
        return reporting.make(
            desk.store,
            rules,
            latest(every, now),
            now,
            host_name(),
            domain=domain,
            problems=() if domain else _problems(picture(desk)),
            namer=lambda address: sources.look(address).as_name,
        )
    finally:
        sources.close()


def _problems(found: Picture) -> list[tuple[str, str]]:
    return [(problem.part, problem.text) for problem in found.problems]


def send(desk: Desk, domain: str = "", every: Every | None = None) -> SentReport:
    """Mail the report to whom it belongs, now. May take half a minute.

    Args:
        desk: whose.
        domain: to the owner of which domain; "" for the administrator.
        every: as for `make`.

    Raises:
        SettingError: nobody's address is set.
        NoticeError: nobody took it; the text says what each way complained about.
        StoreError: the store cannot be read.
    """
    rules = desk.rules().resolved
    address = rules.of_domain(domain).owner.address if domain else rules.server.notify.address
    if not address:
        name, of = ("owner.address", f" for {domain}") if domain else ("notify.address", "")
        raise SettingError(f"{name}: is empty{of}, so there is nobody to mail the report to")
    mail = report.compose(make(desk, domain, every), address, host_name())
    result = submit(mail, address)
    return SentReport(address, str(mail["Subject"]), str(mail["Message-ID"]), result)
