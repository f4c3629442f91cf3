"""Exemptions of every scope that a visitor sees (A10, A11, A16, E16)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core.licence.tier import Tier
from core.web.pages.exemptions_place import Key
from tests.core.web.pages.daemon import Daemon
from tests.core.web.rig import Browser, Pages

SERVER, ALPHA, DELTA = ("server", ""), ("domain", "alpha.example"), ("domain", "delta.example")
BOB = ("mailbox", "bob@alpha.example")
OLD = 1000.0


def _entry(entry: str, comment: str = "", expires: float = 0) -> dict[str, Any]:
    return {"entry": entry, "comment": comment, "expires": expires}


def _set(pages: Pages, scope: tuple[str, str], **values: Any) -> None:
    named = {name.replace("_", ".", 1): value for name, value in values.items()}
    pages.parts.store.settings.change(scope, named, "somebody", 1.0)


def _list(
    pages: Pages, scope: tuple[str, str] = SERVER, name: str = "addresses"
) -> list[dict[str, Any]]:
    found = pages.parts.store.settings.all().get(scope, {}).get(f"exempt.{name}", [])
    assert isinstance(found, list)
    return found


def _text(browser: Browser, **query: Any) -> str:
    return browser.get("/exemptions", **query).text


@pytest.fixture
def filled(pages: Pages) -> Pages:
    """With entries of the server, of anna's domain and mailbox, and of dora's domain."""
    _set(
        pages,
        SERVER,
        exempt_addresses=[_entry("192.0.2.1", "the <b>office</b>"), _entry("AS64500", "", OLD)],
        exempt_accounts=[_entry("bob@alpha.example", "secret"), _entry("delta.example")],
        exempt_send=[_entry("news@alpha.example", "secret")],
    )
    _set(pages, ALPHA, exempt_addresses=[_entry("198.51.100.0/24", "shop", OLD)])
    _set(pages, BOB, exempt_addresses=[_entry("2001:db8::1", "bob's home")])
    _set(pages, DELTA, exempt_addresses=[_entry("203.0.113.9", "dora's")])
    return pages


def test_administrator_sees_all_scopes(filled: Pages) -> None:
    text = _text(filled.admin)
    for entry in ("192.0.2.1", "AS64500", "198.51.100.0/24", "2001:db8::1", "203.0.113.9"):
        assert entry in text
    assert "<b>" not in text
    assert "delta.example" in _text(filled.admin, list="accounts")
    assert "news@alpha.example" in _text(filled.admin, list="send")


def test_customer_sees_own_and_what_the_administrator_exempts_of_theirs(filled: Pages) -> None:
    """E22, A11"""
    text = _text(filled.customer)
    assert "198.51.100.0/24" in text
    assert "2001:db8::1" in text
    assert "bob@alpha.example" in text
    assert "news@alpha.example" in text
    for foreign in ("192.0.2.1", ">AS64500", "203.0.113.9", "secret", "delta.example"):
        assert foreign not in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "OFFICE"}, {"192.0.2.1"}),
        ({"q": "198.51.100.7"}, {"198.51.100.0/24"}),
        ({"q": "2001:db8"}, {"2001:db8::1"}),
        ({"where": "alpha.example"}, {"198.51.100.0/24", "2001:db8::1"}),
        ({"where": "server"}, {"192.0.2.1", "AS64500"}),
        ({"state": "over"}, {"AS64500", "198.51.100.0/24"}),
        ({"state": "lasting"}, {"192.0.2.1", "2001:db8::1", "203.0.113.9"}),
        ({"state": "soon"}, set()),
        ({"q": "nothing"}, set()),
    ],
)
def test_search(filled: Pages, query: dict[str, str], found: set[str]) -> None:
    text = _text(filled.admin, **query)
    entries = {"192.0.2.1", "AS64500", "198.51.100.0/24", "2001:db8::1", "203.0.113.9"}
    assert {each for each in entries if f'ex-entry">{each}<' in text} == found
    assert ("Nothing fits." in text) == (not found)


def test_empty_lists_say_what_to_do(pages: Pages) -> None:
    assert "No address is exempt." in _text(pages.admin)
    assert "No account is exempt." in _text(pages.admin, list="accounts")
    assert "Everybody is held to the send limit." in _text(pages.admin, list="send")
    assert "No account is exempt." not in _text(pages.customer, list="accounts")


def test_twenty_thousand_entries_are_paged(pages: Pages) -> None:
    many = [_entry(f"10.{n // 250}.{n % 250}.0/24") for n in range(20_000)]
    _set(pages, SERVER, exempt_addresses=many)
    first, last = _text(pages.admin), _text(pages.admin, page="400")
    assert "10.79.249.0/24" in first
    assert "10.0.0.0/24" not in first
    assert "10.0.0.0/24" in last
    assert "1 to 50 of 20,000" in first


def test_adding(pages: Pages) -> None:
    """A16: in one spelling, with a comment; and it can be taken back."""
    answer = pages.admin.post(
        "/exemptions", list="addresses", entry=" 192.0.2.77/24 ", comment="office", ends="never"
    )
    page = pages.admin.follow(answer).text
    assert "Exempt now: 192.0.2.0/24." in page
    assert 'name="entries"' in page
    assert _list(pages) == [_entry("192.0.2.0/24", "office")]
    again = pages.admin.post("/exemptions", list="addresses", entry="192.0.2.0/24", ends="never")
    assert "192.0.2.0/24 is exempt already." in pages.admin.follow(again).text


def test_ends_in_days(pages: Pages) -> None:
    before = pages.clock()
    pages.admin.post("/exemptions", list="send", entry="News@A.example", ends="7")
    (found,) = _list(pages, name="send")
    assert found["entry"] == "news@a.example"
    assert 0 <= found["expires"] - before - 7 * 86_400 < 60


def test_day_ends_in_the_visitors_zone(pages: Pages) -> None:
    """E15: the end of that day, where the visitor is."""
    visitor = pages.visitor("admin", "root", zone="Asia/Tokyo")
    visitor.post("/exemptions", list="addresses", entry="192.0.2.1", ends="date", day="2090-01-01")
    (found,) = _list(pages)
    assert found["expires"] == datetime(2090, 1, 1, 15, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"entry": "somewhere"}, "This is no address like"),
        ({"entry": "0.0.0.0/0"}, "This would exempt everybody."),
        ({"entry": ""}, "must not be empty"),
        ({"entry": "192.0.2.1", "ends": "date", "day": "2001-01-01"}, "over already"),
        ({"entry": "192.0.2.1", "ends": "date", "day": "tomorrow"}, "Choose a day"),
        ({"entry": "192.0.2.1", "ends": "x"}, "Choose a day"),
        ({"entry": "192.0.2.1", "comment": "x" * 501}, "must be shorter"),
        ({"entry": "192.0.2.1", "where": "a b"}, "This is no domain and no mailbox."),
        ({"entry": "192.0.2.1", "list": "accounts"}, "This is no account like"),
    ],
)
def test_fault_stands_beside_its_field(pages: Pages, fields: dict[str, str], said: str) -> None:
    sent = {"list": "addresses", "comment": "kept", "ends": "never", **fields}
    answer = pages.admin.post("/exemptions", sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert fields.get("comment", "kept") in answer.text
    assert pages.parts.store.settings.all() == {}


@pytest.mark.parametrize(("where", "scope"), [("alpha.example", ALPHA), ("Bob@alpha.example", BOB)])
def test_customer_exempts_for_own_domains_and_mailboxes(
    pages: Pages, where: str, scope: tuple[str, str]
) -> None:
    """A11"""
    answer = pages.customer.post(
        "/exemptions", list="addresses", entry="192.0.2.1", where=where, ends="never"
    )
    assert answer.status_code == 303
    assert _list(pages, scope) == [_entry("192.0.2.1")]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("", "Say for which domain or mailbox."),
        ("server", "This domain is not among yours."),
        ("delta.example", "This domain is not among yours."),
        ("dora@delta.example", "This domain is not among yours."),
    ],
)
def test_customer_exempts_for_nobody_else(pages: Pages, where: str, said: str) -> None:
    """E22"""
    answer = pages.customer.post(
        "/exemptions", list="addresses", entry="192.0.2.1", where=where, ends="never"
    )
    assert said in answer.text
    assert pages.parts.store.settings.all() == {}


@pytest.mark.parametrize("name", ["accounts", "send", "passes", "x"])
def test_lists_of_accounts_are_the_administrators(pages: Pages, name: str) -> None:
    """E22: nobody exempts a stolen mailbox of their own."""
    answer = pages.customer.post(
        "/exemptions", list=name, entry="bob@alpha.example", where="alpha.example", ends="never"
    )
    assert answer.status_code == 404


def test_what_does_not_help_is_said(pages: Pages) -> None:
    """A11: overridden by the server's policy, at once and in the list."""
    _set(pages, SERVER, country_mode="allow", country_list=["DE"])
    answer = pages.customer.post(
        "/exemptions", list="addresses", entry="192.0.2.1", where="alpha.example", ends="never"
    )
    assert "Overridden by the server&#39;s policy." in pages.customer.follow(answer).text
    assert "Overridden by the server's policy." in _text(pages.customer)
    _set(pages, SERVER, country_mode="off", network_attacker="off")
    assert "Overridden" not in _text(pages.customer)


def test_rules_that_are_off_are_said(pages: Pages) -> None:
    _set(pages, ALPHA, domain_enabled=False, exempt_addresses=[_entry("192.0.2.1")])
    assert "It does not count now" in _text(pages.customer)


def test_without_the_licence_domains_get_none(pages: Pages) -> None:
    """What is there stays and may be removed."""
    pages.sell(Tier.BASIC)
    answer = pages.admin.post(
        "/exemptions", list="addresses", entry="192.0.2.1", where="alpha.example", ends="never"
    )
    assert answer.status_code == 422
    assert "PLUS" in answer.text


def _key(scope: tuple[str, str], entry: str, name: str = "addresses") -> str:
    return str(Key(name, *scope, entry))


def test_editing(filled: Pages) -> None:
    """A16: comment and end can be taken away; the entry stays where it was."""
    key = _key(SERVER, "AS64500")
    page = filled.admin.get("/exemptions/entry", key=key).text
    assert 'value="AS64500"' in page
    answer = filled.admin.post(
        "/exemptions/entry", key=key, entry="AS64501", comment="new", ends="never"
    )
    assert "Changed: AS64501." in filled.admin.follow(answer).text
    assert _list(filled)[1] == _entry("AS64501", "new")


def test_editing_into_nonsense_keeps_what_was_typed(filled: Pages) -> None:
    key = _key(SERVER, "AS64500")
    for wrong in ("nonsense", "192.0.2.1"):
        answer = filled.admin.post("/exemptions/entry", key=key, entry=wrong, ends="never")
        assert answer.status_code == 422
        assert f'value="{wrong}"' in answer.text
    assert _list(filled)[1]["entry"] == "AS64500"


def test_entry_that_is_gone(filled: Pages) -> None:
    page = filled.admin.get("/exemptions/entry", key=_key(SERVER, "192.0.2.99")).text
    assert "is not in the list any more" in page


@pytest.mark.parametrize(
    "key",
    [
        _key(SERVER, "192.0.2.1"),
        _key(DELTA, "203.0.113.9"),
        _key(SERVER, "bob@alpha.example", "accounts"),
        _key(ALPHA, "198.51.100.0/24", "passes"),
        "nonsense",
        "[1,2]",
    ],
)
def test_nobody_changes_what_is_not_theirs(filled: Pages, key: str) -> None:
    """E22: neither one by one nor among many, whatever the form says."""
    before = filled.parts.store.settings.all()
    assert filled.customer.get("/exemptions/entry", key=key).status_code in (403, 404)
    for path, fields in (
        ("/exemptions/entry", {"key": key, "entry": "10.0.0.1", "ends": "never"}),
        ("/exemptions/change", {"only": key}),
        ("/exemptions/change", {"pick": [_key(ALPHA, "198.51.100.0/24"), key], "do": "remove"}),
    ):
        assert filled.customer.post(path, fields).status_code in (403, 404)
    assert filled.parts.store.settings.all() == before


def test_one_and_many_are_removed(filled: Pages) -> None:
    filled.admin.post("/exemptions/change", only=_key(SERVER, "192.0.2.1"), pick="ignored")
    assert [each["entry"] for each in _list(filled)] == ["AS64500"]
    picked = [_key(SERVER, "AS64500"), _key(ALPHA, "198.51.100.0/24"), _key(BOB, "2001:db8::1")]
    answer = filled.admin.post("/exemptions/change", pick=picked, do="remove")
    page = filled.admin.follow(answer).text
    assert "3 entries removed." in page
    assert (_list(filled), _list(filled, ALPHA), _list(filled, BOB)) == ([], [], [])
    undo = page.partition('name="entries" value="')[2].partition('"')[0]
    filled.admin.post("/undo", entries=undo)
    assert len(_list(filled)) == len(_list(filled, ALPHA)) == len(_list(filled, BOB)) == 1


def test_many_get_another_end(filled: Pages) -> None:
    picked = [_key(SERVER, "AS64500"), _key(ALPHA, "198.51.100.0/24")]
    answer = filled.admin.post("/exemptions/change", pick=picked, do="end", ends="never")
    assert "2 entries have another end." in filled.admin.follow(answer).text
    assert _list(filled)[1] == _entry("AS64500")
    answer = filled.admin.post("/exemptions/change", pick=picked, do="end", ends="date", day="x")
    assert "Choose a day" in filled.admin.follow(answer).text


def test_removing_what_is_gone_or_nothing(filled: Pages) -> None:
    answer = filled.admin.post("/exemptions/change", only=_key(SERVER, "192.0.2.99"))
    assert "Nothing was changed" in filled.admin.follow(answer).text
    answer = filled.admin.post("/exemptions/change", do="remove")
    assert "Choose entries first." in filled.admin.follow(answer).text


def test_expired_ones_are_purged_each_by_whom_they_belong_to(filled: Pages) -> None:
    assert "1 entry has expired" in _text(filled.customer)
    filled.customer.post("/exemptions/purge")
    assert (_list(filled, ALPHA), len(_list(filled))) == ([], 2)
    assert "1 entry has expired" in _text(filled.admin)
    filled.admin.post("/exemptions/purge")
    assert [each["entry"] for each in _list(filled)] == ["192.0.2.1"]
    assert (
        "Nothing has expired." in filled.admin.follow(filled.admin.post("/exemptions/purge")).text
    )


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"address": "192.0.2.9"}, ['name="entry" value="192.0.2.9"', 'name="where" value=""']),
        ({"account": "bob@alpha.example"}, ['value="accounts" checked', 'value="bob@alpha.exampl']),
        ({"list": "send", "account": "bob@alpha.example"}, ['value="send" checked']),
        (
            {"address": "192.0.2.9", "account": "bob@alpha.example", "scope": "domain"},
            ['name="entry" value="192.0.2.9"', 'name="where" value="alpha.example"'],
        ),
        ({"entry": "bob@alpha.example", "list": "exempt.send"}, ['value="send" checked']),
    ],
)
def test_form_as_the_log_wishes_it(pages: Pages, query: dict[str, str], fields: list[str]) -> None:
    """D5"""
    text = _text(pages.admin, **query)
    for each in fields:
        assert each in text


def test_customers_form_as_the_log_wishes_it(pages: Pages) -> None:
    text = _text(pages.customer, address="192.0.2.9", account="bob@alpha.example")
    assert 'name="where" value="bob@alpha.example"' in text


def test_would_this_be_exempt(filled: Pages) -> None:
    """Told with the entry; for customers without what is the administrator's."""
    text = _text(filled.admin, ask="192.0.2.1", who="bob@alpha.example")
    assert "by 192.0.2.1 of the server (the &lt;b&gt;office&lt;/b&gt;)" in text
    assert "From the send limit" in text
    text = _text(filled.customer, ask="192.0.2.1", who="bob@alpha.example")
    assert "by the administrator" in text
    assert "office" not in text
    text = _text(filled.customer, ask="2001:db8::1", who="bob@alpha.example")
    assert "by 2001:db8::1 of mailbox bob@alpha.example (bob&#39;s home)" in text
    assert "nothing exempts it" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"ask": "192.0.2.1", "who": ""}, "Say which mailbox logs in."),
        ({"ask": "", "who": "a b"}, "This is no account"),
        ({"ask": "nonsense", "who": "bob@alpha.example"}, "Write an address such as"),
    ],
)
def test_question_without_sense(pages: Pages, query: dict[str, str], said: str) -> None:
    assert said in _text(pages.customer, **query)


def test_nobody_asks_about_foreign_accounts(pages: Pages) -> None:
    """E22"""
    answer = pages.customer.get("/exemptions", ask="192.0.2.1", who="dora@delta.example")
    assert answer.status_code == 404


def test_page_asks_a_hanging_daemon_once(pages: Pages) -> None:
    """Each question to one that hangs takes seconds."""
    daemon = Daemon(pages, status=dict)
    _set(pages, SERVER, country_mode="allow", country_list=["DE"])
    many = [_entry(f"192.0.2.{n}") for n in range(1, 20)]
    _set(pages, ALPHA, exempt_addresses=many)
    assert _text(pages.customer).count("Overridden") == 19
    assert [verb for verb, _ in daemon.asked].count("explain") == 1
