"""What needs attention on the overview."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from core.desk.entry import Entry, Place
from core.panel import MailDomain
from core.settings.scope import SERVER_SCOPE, Scope
from core.store.event import Event
from core.web.pages.overview_attention import MOST, OFTEN, Concern, of_passes, of_refusals
from core.web.pages.travellers_list import TravelPass
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.rig import DOMAINS, Pages

NOW = time.time()
DAY = 86_400
ALPHA = frozenset({"alpha.example"})
BOB = Scope("mailbox", "bob@alpha.example")


@pytest.fixture(autouse=True)
def request_context(pages: Pages) -> Iterator[None]:
    """Addresses and translations need a request."""
    with pages.app.test_request_context("/"):
        yield


def _pass(
    days: float, scope: Scope = BOB, *, overridden: bool = False, counts: bool = True
) -> TravelPass:
    entry = Entry("TH", "", NOW + days * DAY)
    place = Place("country.passes", scope)
    return TravelPass(place, entry, days < 0, counts, overridden)


@pytest.mark.parametrize(
    ("given", "tones"),
    [
        (_pass(30), []),
        (_pass(1), ["warn"]),
        (_pass(-1), []),
        (_pass(30, overridden=True), ["bad"]),
        (_pass(1, overridden=True), ["bad"]),  # said once
        (_pass(1, counts=False), []),
        (_pass(1, SERVER_SCOPE), []),
    ],
)
def test_passes_that_end_soon_or_cannot_help(given: TravelPass, tones: list[str]) -> None:
    """A17"""
    assert [each.tone for each in of_passes([given], NOW)] == tones


def test_concern_names_the_mailbox_and_the_country_and_leads_there() -> None:
    (concern,) = of_passes([_pass(30, overridden=True)], NOW)
    assert "bob@alpha.example for Thailand" in concern.title
    assert "q=bob" in concern.links[0].address


def _refused(
    account: str, count: int, country: str = "TH", ago: float = 600.0, **words: str
) -> Event:
    return Event(
        at=NOW - ago,
        last=NOW - ago,
        stage=Stage.AUTH,
        service=Service.IMAPS,
        verdict=Verdict.DENY,
        reason=Reason(words.get("reason", "country")),
        account=account,
        domain=account.partition("@")[2],
        address="203.0.113.7",
        country=country,
        count=count,
    )


def _concerns(pages: Pages, domains: tuple[MailDomain, ...] = DOMAINS[:1]) -> list[Concern]:
    return of_refusals(pages.parts.store, domains, ALPHA, NOW)


def test_owner_of_a_mailbox_that_is_refused_often_is_asked(pages: Pages) -> None:
    """A17: from where most came, not from where the last came."""
    store = pages.parts.store
    store.write([_refused("bob@alpha.example", OFTEN, ago=900)])
    store.write([_refused("bob@alpha.example", 1, "BR", ago=60)])
    store.write([_refused("eve@alpha.example", OFTEN - 1)])
    (concern,) = _concerns(pages)
    assert concern.title == "bob@alpha.example was refused 11 times today: is this you?"
    assert "Mostly from Thailand" in concern.text
    assert "country=TH" in concern.links[0].address


def test_names_that_attackers_made_up_concern_nobody(pages: Pages) -> None:
    store = pages.parts.store
    store.write([_refused("admin@alpha.example", 500)])
    assert _concerns(pages) == []


def test_mailbox_that_the_panel_does_not_list_is_known_by_its_logins(pages: Pages) -> None:
    store = pages.parts.store
    store.write([_refused("zoe@alpha.example", OFTEN)])
    login = _refused("zoe@alpha.example", 1, "DE")
    login.verdict, login.reason = Verdict.ALLOW, Reason.LOGIN_OK
    store.write([login])
    assert len(_concerns(pages, (MailDomain("alpha.example", "", "", True),))) == 1


def test_refusals_of_others_and_of_yesterday_are_not_told(pages: Pages) -> None:
    """E22"""
    store = pages.parts.store
    store.write([_refused("info@beta.example", 90), _refused("bob@alpha.example", 90, ago=2 * DAY)])
    assert _concerns(pages, DOMAINS[:2]) == []


def test_a_few_of_each_kind_are_enough(pages: Pages) -> None:
    many = tuple(f"u{n}@alpha.example" for n in range(12))
    pages.parts.store.write([_refused(box, 20) for box in many])
    assert len(_concerns(pages, (MailDomain("alpha.example", "", "", True, many),))) == MOST
    found = of_passes([_pass(30, overridden=True)] * 12, NOW)
    assert len(found) == MOST + 1
    assert found[-1].title == "9 more passes cannot help yet"
