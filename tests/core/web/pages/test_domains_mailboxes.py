"""The mailboxes of a domain: from the panel, and from what the store has seen (A13)."""

from __future__ import annotations

from core.panel import MailDomain
from core.settings.scope import Resolved, typed
from core.store.event import Event
from core.web.pages.domains_mailboxes import mailboxes
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.rig import DOMAINS, Pages

AT = 1_700_000_000.0


def _seen(*accounts: str, reason: Reason = Reason.LOGIN_OK) -> list[Event]:
    return [
        Event(
            at=AT,
            last=AT,
            stage=Stage.AUTH,
            service=Service.IMAPS,
            verdict=Verdict.ALLOW,
            reason=reason,
            account=account,
            domain=account.partition("@")[2],
        )
        for account in accounts
    ]


def _resolved(*names: str) -> Resolved:
    return typed({("mailbox", name): {"country.mode": "off"} for name in names})[0]


def test_panel_and_store_together_and_nothing_made_up(pages: Pages) -> None:
    store = pages.parts.store
    store.write(_seen("old@alpha.example", "info@beta.example"))
    store.write(_seen("guess@alpha.example", reason=Reason.LOGIN_FAILED))
    found = mailboxes(store, DOMAINS[0], _resolved("bob@alpha.example"), "", False, "")
    assert [(box.name, box.rules, box.listed) for box in found.items] == [
        ("bob@alpha.example", 1, True),
        ("eve@alpha.example", 0, True),
        ("old@alpha.example", 0, False),
    ]
    assert [box.proven is not None for box in found.items] == [False, False, True]


def test_where_the_panel_lists_none_nobody_is_missing_from_it(pages: Pages) -> None:
    pages.parts.store.write(_seen("a@x.example"))
    bare = MailDomain("x.example", "", "", True)
    (box,) = mailboxes(pages.parts.store, bare, _resolved(), "", False, "").items
    assert box.listed


def test_search_and_own_rules_only(pages: Pages) -> None:
    store, rules = pages.parts.store, _resolved("bob@alpha.example", "x@beta.example")
    assert [b.name for b in mailboxes(store, DOMAINS[0], rules, "EV", False, "").items] == [
        "eve@alpha.example"
    ]
    assert [b.name for b in mailboxes(store, DOMAINS[0], rules, "", True, "").items] == [
        "bob@alpha.example"
    ]


def test_thousands_are_paged(pages: Pages) -> None:
    many = tuple(f"u{n:04}@x.example" for n in range(3000))
    domain = MailDomain("x.example", "", "", True, many)
    found = mailboxes(pages.parts.store, domain, _resolved(), "", False, "60")
    assert (found.total, found.last, found.items[-1].name) == (3000, 60, "u2999@x.example")
