"""Who was refused lately and may need a pass (A17)."""

from __future__ import annotations

from core.panel import Role, Viewer
from core.store.event import Event
from core.web.pages.travellers_lately import LOOKED_BACK, MOST, refusals
from core.web.sight import Sight
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.rig import Pages

NOW = 1_800_000_000.0


def _refused(account: str, country: str, ago: float = 60.0, **fields: object) -> Event:
    return Event(
        at=NOW - ago,
        last=NOW - ago,
        stage=Stage.AUTH,
        service=Service.IMAPS,
        verdict=Verdict.DENY,
        reason=fields.get("reason", Reason.COUNTRY),  # type: ignore[arg-type]  # of a test
        account=account,
        domain=account.partition("@")[2],
        address="203.0.113.7",
        country=country,
    )


def test_each_mailbox_and_country_once_the_newest_first(pages: Pages) -> None:
    store = pages.parts.store
    store.write(
        [
            _refused("bob@alpha.example", "TH", 900),
            _refused("bob@alpha.example", "TH", 90),
            _refused("eve@alpha.example", "FR", 50),
            _refused("eve@alpha.example", "FR", LOOKED_BACK + 10),
            _refused("dora@delta.example", "IT"),
            _refused("bob@alpha.example", "VN", 5, reason=Reason.NETWORK_ATTACKER),
        ]
    )
    sight = Sight(Viewer(Role.CUSTOMER, "anna"), pages.parts.directory)
    found = refusals(store, sight, "", NOW)
    assert [(each.account, each.country, each.at) for each in found] == [
        ("eve@alpha.example", "FR", NOW - 50),
        ("bob@alpha.example", "TH", NOW - 90),
    ]
    assert [each.country for each in refusals(store, sight, "bob@alpha.example", NOW)] == ["TH"]


def test_foreign_mailbox_in_the_address_shows_nothing_foreign(pages: Pages) -> None:
    """E22"""
    store = pages.parts.store
    store.write([_refused("dora@delta.example", "IT")])
    sight = Sight(Viewer(Role.CUSTOMER, "anna"), pages.parts.directory)
    assert refusals(store, sight, "dora@delta.example", NOW) == []


def test_a_few_are_enough(pages: Pages) -> None:
    store = pages.parts.store
    store.write([_refused(f"u{n}@alpha.example", "TH", n) for n in range(20)])
    sight = Sight(Viewer(Role.ADMIN, "root"), pages.parts.directory)
    assert len(refusals(store, sight, "", NOW)) == MOST
