"""What may be exempted because of an event, by whom, and for how long."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from core.desk.entry import Entry, Place, check
from core.errors import SettingError
from core.panel import Role, Viewer
from core.settings.scope import SERVER_SCOPE, Scope
from core.web.pages.log_exempt import choices, entry_of
from core.web.sight import Sight
from core.words import Stage
from tests.core.web.pages.log_events import CONNECTED, HOSTILE, event, now, record
from tests.core.web.rig import Pages

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC).timestamp()


@pytest.fixture
def in_a_request(pages: Pages) -> Iterator[None]:
    with pages.app.test_request_context("/log"):
        yield


def sight(pages: Pages, role: str, login: str) -> Sight:
    """What somebody sees."""
    return Sight(Viewer(role=Role(role), login=login), pages.parts.directory)


@pytest.mark.usefixtures("in_a_request")
def test_the_administrator_exempts_for_everybody_or_the_account(pages: Pages) -> None:
    """D5."""
    found = choices(event(0), sight(pages, "admin", "root"))
    mailbox, domain = Scope("mailbox", "bob@alpha.example"), Scope("domain", "alpha.example")
    assert [(c.key, c.place, c.entry) for c in found] == [
        ("address-server", Place("exempt.addresses", SERVER_SCOPE), "203.0.113.7"),
        ("address-mailbox", Place("exempt.addresses", mailbox), "203.0.113.7"),
        ("address-domain", Place("exempt.addresses", domain), "203.0.113.7"),
        ("network-server", Place("exempt.addresses", SERVER_SCOPE), "203.0.113.0/24"),
        ("network-mailbox", Place("exempt.addresses", mailbox), "203.0.113.0/24"),
        ("network-domain", Place("exempt.addresses", domain), "203.0.113.0/24"),
        ("account", Place("exempt.accounts"), "bob@alpha.example"),
        ("send", Place("exempt.send"), "bob@alpha.example"),
    ]
    for each in found:
        assert check(each.place, Entry(each.entry)).entry == each.entry


@pytest.mark.usefixtures("in_a_request")
@pytest.mark.parametrize(("role", "login"), [("customer", "anna"), ("reseller", "rita")])
def test_customers_exempt_for_their_own_mailboxes_and_domains_only(
    pages: Pages, role: str, login: str
) -> None:
    found = choices(event(0), sight(pages, role, login))
    assert [c.key for c in found] == [
        "address-mailbox",
        "address-domain",
        "network-mailbox",
        "network-domain",
    ]
    assert choices(event(0, account="dora@delta.example"), sight(pages, role, login)) == []


@pytest.mark.usefixtures("in_a_request")
def test_before_the_password_only_the_server_can(pages: Pages) -> None:
    found = choices(event(0, **CONNECTED), sight(pages, "admin", "root"))
    assert [c.key for c in found] == ["address-server", "network-server"]
    assert choices(event(0, **CONNECTED), sight(pages, "customer", "anna")) == []


@pytest.mark.usefixtures("in_a_request")
def test_for_mail_the_limit_on_sending_comes_first(pages: Pages) -> None:
    found = choices(event(0, stage=Stage.SEND, address=""), sight(pages, "admin", "root"))
    assert [c.key for c in found] == ["send", "account"]


@pytest.mark.usefixtures("in_a_request")
def test_a_network_of_ipv6_is_a_64(pages: Pages) -> None:
    found = choices(event(0, address="2001:db8:1:2:3::4", **CONNECTED), sight(pages, "admin", "r"))
    assert [c.entry for c in found] == ["2001:db8:1:2:3::4", "2001:db8:1:2::/64"]


@pytest.mark.usefixtures("in_a_request")
@pytest.mark.parametrize("account", ["no account", "a b@c d", "=cmd@x y", "@", "x@" + "y" * 300])
def test_login_names_that_are_none_get_no_scope(pages: Pages, account: str) -> None:
    found = choices(event(0, account=account), sight(pages, "admin", "root"))
    assert {c.place.scope for c in found} == {SERVER_SCOPE}
    assert [c for c in found if c.place.name != "exempt.addresses"] == []


@pytest.mark.usefixtures("in_a_request")
@pytest.mark.parametrize(
    ("form", "expires"),
    [
        ({}, 0),
        ({"until": "never"}, 0),
        ({"until": "1"}, NOW + 86_400),
        ({"until": "30"}, NOW + 30 * 86_400),
    ],
)
def test_ends(pages: Pages, form: dict[str, str], expires: float) -> None:
    chosen = choices(event(0), sight(pages, "admin", "root"))[0]
    found = entry_of(chosen, {"comment": " office ", **form}, NOW)
    assert found == Entry("203.0.113.7", "office", expires)


@pytest.mark.usefixtures("in_a_request")
def test_a_day_is_whole(pages: Pages) -> None:
    chosen = choices(event(0), sight(pages, "admin", "root"))[0]
    found = entry_of(chosen, {"until": "date", "date": "2026-03-12"}, NOW)
    assert datetime.fromtimestamp(found.expires).isoformat() == "2026-03-13T00:00:00"  # noqa: DTZ006  the server's zone is meant


@pytest.mark.usefixtures("in_a_request")
@pytest.mark.parametrize(
    "form",
    [
        {"until": "date"},
        {"until": "date", "date": "soon"},
        {"until": "date", "date": "2026-03-01"},
        {"until": "date", "date": "9999-12-31"},
        {"until": "2"},
        {"until": "-1"},
    ],
)
def test_ends_that_are_none(pages: Pages, form: dict[str, str]) -> None:
    chosen = choices(event(0), sight(pages, "admin", "root"))[0]
    with pytest.raises(SettingError):
        entry_of(chosen, form, NOW)


def form_of(**fields: str) -> dict[str, str]:
    """What the form of an event sends."""
    return {"what": "address-server", "until": "never", "comment": "the office", **fields}


def test_exempting_an_address_is_audited_and_can_be_undone(pages: Pages) -> None:
    """D5."""
    (stored,) = record(pages, event(now()))
    path = f"/log/{stored.id}/exempt"
    page = pages.admin.follow(pages.admin.post(path, form_of()))
    assert "Exempt now: 203.0.113.7, for the whole server." in page.text
    listed = pages.parts.store.settings.all()["server", ""]["exempt.addresses"]
    assert [(e["entry"], e["comment"], e["expires"]) for e in listed] == [
        ("203.0.113.7", "the office", 0)
    ]
    (entry,) = pages.parts.store.audit.find()
    assert entry.who == "root (admin)"
    assert f'name="entries" value="{entry.id}"' in page.text
    again = pages.admin.follow(pages.admin.post(path, form_of()))
    assert "exempt already" in again.text
    pages.admin.post("/undo", {"entries": str(entry.id)})
    assert pages.parts.store.settings.all() == {}


@pytest.mark.parametrize(
    ("what", "scope"),
    [
        ("address-mailbox", ("mailbox", "bob@alpha.example")),
        ("network-domain", ("domain", "alpha.example")),
    ],
)
def test_customers_exempt_in_their_own_scopes(
    pages: Pages, what: str, scope: tuple[str, str]
) -> None:
    (stored,) = record(pages, event(now()))
    answer = pages.customer.post(f"/log/{stored.id}/exempt", form_of(what=what))
    assert answer.status_code == 303
    assert set(pages.parts.store.settings.all()) == {scope}


@pytest.mark.parametrize("what", ["address-server", "network-server", "account", "send", "", "x"])
def test_customers_cannot_exempt_for_the_server(pages: Pages, what: str) -> None:
    (stored,) = record(pages, event(now()))
    for browser in (pages.customer, pages.reseller):
        answer = browser.post(f"/log/{stored.id}/exempt", form_of(what=what))
        assert answer.status_code == 404
    assert pages.parts.store.settings.all() == {}


def test_nobody_exempts_by_an_event_that_is_anothers(pages: Pages) -> None:
    foreign, nobodys = record(
        pages, event(now(), account="dora@delta.example"), event(now(), **CONNECTED)
    )
    for stored in (foreign, nobodys):
        form = form_of(what="address-domain")
        assert pages.customer.post(f"/log/{stored.id}/exempt", form).status_code == 404
    assert pages.parts.store.settings.all() == {}


def test_a_wrong_end_is_told_and_what_was_typed_is_kept(pages: Pages) -> None:
    (stored,) = record(pages, event(now()))
    form = form_of(until="date", date="2020-01-01", comment=HOSTILE)
    answer = pages.admin.post(f"/log/{stored.id}/exempt", form)
    assert "That day is over." in answer.text
    assert 'value="2020-01-01"' in answer.text
    assert html.escape(HOSTILE, quote=False)[2:] in answer.text
    assert pages.parts.store.settings.all() == {}


def test_an_exemption_that_does_not_count_says_so(pages: Pages) -> None:
    pages.parts.store.settings.change(
        ("domain", "alpha.example"), {"domain.enabled": False}, "x", 1
    )
    (stored,) = record(pages, event(now()))
    form = form_of(what="address-domain")
    page = pages.admin.follow(pages.admin.post(f"/log/{stored.id}/exempt", form))
    assert "It does not count" in page.text
