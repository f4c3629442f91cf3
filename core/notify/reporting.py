"""Makes a report: reads what happened and writes it down, for the daemon and the command line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo

from core.notify.language import Language
from core.notify.report_document import Document
from core.notify.report_facts import Namer, gather
from core.notify.report_period import Period, before
from core.notify.report_words import Place, document
from core.settings.scope import Resolved
from core.store.store import Store


def make(
    store: Store,
    rules: Resolved,
    period: Period,
    now: float,
    host: str,
    *,
    domain: str = "",
    problems: Iterable[tuple[str, str]] = (),
    namer: Namer = lambda _: "",
    zone: tzinfo | None = None,
) -> Document:
    """The report on a period. May take seconds.

    Args:
        store: where it is counted.
        rules: the settings in force; they say in which language it is written.
        period: which days.
        now: seconds since 1970.
        host: this server's full name.
        domain: for the owner of which domain; "" for the administrator.
        problems: what is wrong with Mailward now, part and text.
        namer: knows networks.
        zone: in which times are told; None for the server's own.

    Raises:
        StoreError: the store cannot be read.
    """
    settings = rules.of_domain(domain) if domain else rules.server
    former = before(period, zone)
    facts = gather(store, rules, period, former, now, domain=domain, problems=problems, namer=namer)
    pages = settings.owner.pages if domain else settings.notify.pages
    place = Place(host, pages, settings.text.contact)
    return document(facts, place, Language(settings.notify.language, zone))
