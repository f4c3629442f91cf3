"""The log's page: what each role sees, searches, follows, exports and exempts."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from core.store.event_filter import StoredEvent
from core.words import Reason, Service, Stage, Verdict
from tests.core.desk.office import daemon_at
from tests.core.web.pages.log_events import (
    ALLOWED,
    CONNECTED,
    HOSTILE,
    addresses,
    event,
    now,
    record,
    shown,
)
from tests.core.web.rig import Browser, Pages


def one_of_each(pages: Pages) -> dict[str, StoredEvent]:
    """Events that every filter tells apart, by a name."""
    at = now()
    made = {
        "connect": event(at, **CONNECTED, reason=Reason.NETWORK_ATTACKER, country="RU", asn=64501),
        "bob": event(at + 1),
        "eve": event(at + 2, account="eve@alpha.example", address="198.51.100.9", **ALLOWED),
        "info": event(
            at + 3,
            **ALLOWED,
            account="info@beta.example",
            service=Service.IMAPS,
            would="network_cloud",
        ),
        "carl": event(
            at + 4,
            account="carl@gamma.example",
            stage=Stage.SEND,
            verdict=Verdict.DEFER,
            reason=Reason.SEND_LIMIT,
            queue_id="4XyZ",
            address="2001:db8::7",
            country="DE",
        ),
        "dora": event(at + 5, account="dora@delta.example", country="AT", address="192.0.2.1"),
        "old": event(at - 5 * 86_400),
    }
    return dict(zip(made, record(pages, *made.values()), strict=True))


def names(found: dict[str, StoredEvent], text: str) -> set[str]:
    """Which of those events a page shows."""
    rows = set(shown(text))
    return {name for name, stored in found.items() if stored.id in rows}


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("admin", {"connect", "bob", "eve", "info", "carl", "dora"}),
        ("reseller", {"bob", "eve", "info", "carl"}),
        ("customer", {"bob", "eve", "info"}),
    ],
)
def test_everybody_sees_the_lines_of_their_domains(pages: Pages, role: str, seen: set[str]) -> None:
    found = one_of_each(pages)
    browser: Browser = getattr(pages, role)
    for path in ("/log", "/log/new", "/log/export.json"):
        text = browser.get(path).text
        for name, stored in found.items():
            if name != "old":
                marks = (f'id="e{stored.id}"', f'"id":{stored.id},')
                assert any(mark in text for mark in marks) is (name in seen), (path, name)
    assert ("before the password belongs to no account" in browser.get("/log").text) is (
        role != "admin"
    )
    for name, stored in found.items():
        code = 200 if name in seen or (name == "old") else 404
        assert browser.get(f"/log/{stored.id}").status_code == code, name


@pytest.mark.parametrize("how", ["account", "address", "country", "queue", "network"])
def test_searching_for_what_is_anothers_finds_nothing(pages: Pages, how: str) -> None:
    found = one_of_each(pages)["dora" if how != "queue" else "carl"]
    asked = {
        "account": found.account,
        "address": found.address,
        "country": found.country,
        "queue": found.queue_id,
        "network": f"AS{found.asn}",
    }[how]
    text = pages.customer.get("/log", **{how: asked}).text
    assert found.id not in shown(text)


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ({"account": "*@alpha.example"}, {"bob", "eve"}),
        ({"account": "bob@alpha.example"}, {"bob"}),
        ({"account": "example"}, {"bob", "eve", "info", "carl", "dora"}),
        ({"account": "*o*@*"}, {"bob", "info", "dora"}),
        ({"address": "203.0.113.0/24"}, {"connect", "bob", "info"}),
        ({"address": "2001:db8::/32"}, {"carl"}),
        ({"country": "KP"}, {"bob", "eve", "info"}),
        ({"country": "DE,AT"}, {"carl", "dora"}),
        ({"result": "allowed"}, {"eve", "info"}),
        ({"result": "refused"}, {"connect", "bob", "dora"}),
        ({"result": "put-off"}, {"carl"}),
        ({"result": "stopped"}, {"connect", "bob", "carl", "dora"}),
        ({"result": "watched"}, {"info"}),
        ({"result": "watched", "reason": "network_cloud"}, {"info"}),
        ({"stage": "connect"}, {"connect"}),
        ({"reason": "country"}, {"bob", "dora"}),
        ({"service": "imaps"}, {"info"}),
        ({"network": "AS64501"}, {"connect"}),
        ({"queue": "4XyZ"}, {"carl"}),
        ({"account": "bob@alpha.example", "period": "7d"}, {"bob", "old"}),
        ({"period": "all", "reason": "country"}, {"bob", "dora", "old"}),
        ({"account": "nobody@alpha.example"}, set()),
    ],
)
def test_search(pages: Pages, asked: dict[str, str], seen: set[str]) -> None:
    """D4."""
    found = one_of_each(pages)
    answer = pages.admin.get("/log", **asked)
    assert answer.status_code == 200
    assert names(found, answer.text) == seen


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"address": "203.0.113.300"}, 'value="203.0.113.300"'),
        ({"network": HOSTILE}, 'value="&#34;&gt;&lt;script&gt;'),
        ({"from": "x"}, 'value="x"'),
        ({"stage": "never"}, "There is no such choice."),
    ],
)
def test_a_wrong_search_says_so_at_the_field_and_keeps_what_was_typed(
    pages: Pages, asked: dict[str, str], kept: str
) -> None:
    one_of_each(pages)
    text = pages.admin.get("/log", **asked).text
    (name,) = asked
    assert f'id="fault-{name}"' in text
    assert 'aria-invalid="true"' in text
    assert kept in text
    assert shown(text) == []


def test_what_clients_send_is_text_everywhere(pages: Pages) -> None:
    """A login name and the evidence are whatever an attacker sends."""
    at = now()
    (stored,) = record(
        pages,
        event(at, account=f"{HOSTILE}@alpha.example", detail=HOSTILE, queue_id=HOSTILE, check="'"),
    )
    for path in ("/log", f"/log/{stored.id}", f"/log/{stored.id}?part=1", "/log/new"):
        text = pages.admin.get(path).text
        assert str(stored.id) in text
        assert "<script>alert" not in text
    asked = pages.admin.get("/log", account=HOSTILE, queue=HOSTILE, reason=HOSTILE).text
    assert "<script>alert" not in asked


def test_a_row_says_in_words_what_happened_and_the_code_beside(pages: Pages) -> None:
    """D4, D6."""
    record(pages, event(now(), count=37, last=now() + 30))
    text = pages.admin.get("/log").text
    row = re.sub(r"<[^>]+>", " ", text[text.index('<tr id="e') :])
    for words in ("Login refused", "country not allowed", "\xd7 37", "North Korea", "AS64500"):
        assert words in row
    assert 'title="auth deny country check=country"' in text


@pytest.mark.parametrize(("length", "told"), [(0, False), (30, True)])
def test_a_row_of_one_second_is_from_nothing_to_nothing(
    pages: Pages, length: int, told: bool
) -> None:
    """D4: "from 02:51:42 to 02:51:42" says nothing."""
    at = now() // 60 * 60
    record(pages, event(at, count=2, last=at + length))
    assert bool(re.search(r"from [\d:]{8} to [\d:]{8}", pages.admin.get("/log").text)) is told


def test_a_storm_is_one_row_with_its_lines_hidden(pages: Pages) -> None:
    stored = record(pages, *[event(now() - 60 * n, count=10) for n in range(3)])
    text = pages.admin.get("/log").text
    assert shown(text) == [stored[0].id]
    assert "\xd7 30" in text
    assert re.findall(r'<tr id="m(\d+)"[^>]* hidden', text) == [str(s.id) for s in stored]
    single = next(a for a in addresses(text) if "single=1" in a)
    assert shown(pages.admin.get(single.partition("#")[0]).text) == [s.id for s in stored]


def test_pages_lead_to_older_and_newer_ones_and_keep_the_search(pages: Pages) -> None:
    at = now()
    record(pages, *[event(at - n, **ALLOWED) for n in range(120)])
    record(pages, event(at, account="eve@alpha.example"))
    first = pages.admin.get("/log", account="bob@alpha.example", period="hour").text
    older = next(a for a in addresses(first) if "before=" in a)
    second = pages.admin.get(older).text
    third = pages.admin.get(next(a for a in addresses(second) if "before=" in a)).text
    assert [len(shown(text)) for text in (first, second, third)] == [50, 50, 20]
    assert "account=bob@alpha.example" in older
    newer = next(a for a in addresses(third) if "after=" in a)
    assert shown(pages.admin.get(newer).text) == shown(second)
    newest = next(a for a in addresses(second) if "after=" in a)
    back = pages.admin.get(newest).text
    assert shown(back) == shown(first)
    assert "after=" not in back.replace("data-mwlog", "")


def test_the_length_of_a_page_is_kept_with_the_search(pages: Pages) -> None:
    record(pages, *[event(now() - n, **ALLOWED) for n in range(120)])
    answer = pages.customer.post("/log/length", {"length": "100", "result": "allowed"})
    assert answer.headers["Location"] == "/log?result=allowed"
    assert len(shown(pages.customer.get("/log").text)) == 100
    assert len(shown(pages.admin.get("/log").text)) == 50
    pages.customer.post("/log/length", {"length": "1000000"})
    assert len(shown(pages.customer.get("/log").text)) == 100


def test_following_brings_what_is_new_and_fits(pages: Pages) -> None:
    record(pages, event(now()))
    page = pages.admin.get("/log", account="*@alpha.example").text
    found = re.search(r'data-mwlog-follow="([^"]+)" data-last="(\d+)"', page)
    assert found
    address, last = html.unescape(found[1]), found[2]
    assert shown(pages.admin.get(address, after=last).text) == []
    fresh = record(
        pages, event(now()), event(now(), account="dora@delta.example"), event(now() + 1)
    )
    text = pages.admin.get(address, after=last).text
    assert shown(text) == [fresh[2].id, fresh[0].id]
    assert f'data-last="{fresh[2].id}"' in text
    assert shown(pages.admin.get(address, after=fresh[2].id).text) == []


def test_following_never_floods_and_says_what_is_left_out(pages: Pages) -> None:
    (last,) = record(pages, event(now()))
    record(pages, *[event(now(), address=f"198.51.100.{n}") for n in range(80)])
    text = pages.admin.get("/log/new", after=last.id).text
    assert len(shown(text)) == 50
    assert "30 others were left out" in text
    record(pages, *[event(now(), account=f"{n}@alpha.example") for n in range(800)])
    text = pages.admin.get("/log/new", after=last.id).text
    assert len(shown(text)) == 50
    assert "more than 500 others were left out" in text


def test_what_lies_behind_is_not_followed(pages: Pages) -> None:
    record(pages, *[event(now() - n) for n in range(3)])
    past = pages.admin.get("/log", **{"from": "2020-01-01", "to": "2020-02-01"}).text
    assert 'data-mwlog-follow=""' in past


def test_an_opened_row_has_the_evidence_the_text_and_the_other_stage(pages: Pages) -> None:
    """A4, D5."""
    at = now()
    connect, auth = record(pages, event(at, **CONNECTED, **ALLOWED), event(at + 3))
    for path in (f"/log/{auth.id}", f"/log/{auth.id}?part=1"):
        text = pages.admin.get(path).text
        assert "203.0.113.7 is in KP: is not among the allowed" in text
        assert "What the client reads" in text
        assert "5.7.1" in text
        assert "The same session" in text
        assert f"/log/{connect.id}" in text
    assert "The same session" not in pages.customer.get(f"/log/{auth.id}").text


def test_one_click_leads_on(pages: Pages) -> None:
    """D5."""
    (stored,) = record(pages, event(now()))
    found = addresses(pages.admin.get(f"/log/{stored.id}").text)
    who = "account=bob@alpha.example"
    assert f"/explain?address=203.0.113.7&{who}&port=587" in found
    assert f"/travellers?{who}&country=KP&address=203.0.113.7" in found
    assert "/countries?refuse=KP" in found
    assert "/log?address=203.0.113.7" in found
    assert f"/log?{who}" in found
    assert "/log?network=AS64500" in found
    for address in addresses(pages.customer.get(f"/log/{stored.id}").text):
        assert not address.startswith(("/explain", "/countries"))


def test_the_files_are_the_search_and_have_a_day_in_their_name(pages: Pages) -> None:
    found = one_of_each(pages)
    answer = pages.admin.get("/log/export.csv", account="*@alpha.example")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="mailward-log-\d{4}-\d\d-\d\d\.csv"',
        answer.headers["Content-Disposition"],
    )
    assert answer.data.startswith(b"\xef\xbb\xbfid,time_utc,")
    assert len(answer.text.strip().splitlines()) == 3
    document = json.loads(pages.admin.get("/log/export.json", result="put-off").text)
    assert [each["id"] for each in document["events"]] == [found["carl"].id]
    assert pages.admin.get("/log/export.csv", address="nonsense").status_code == 404


EMPTY: list[tuple[dict[str, Any], Callable[[str], bool]]] = [
    ({}, lambda text: "Search the last 30 days" in text),
    (
        {"period": "all", "account": "no@alpha.example"},
        lambda text: "*%40alpha.example" in text or "*@alpha.example" in text,
    ),
    ({"account": "x", "queue": "y"}, lambda text: "leave one thing out" in text),
    ({"before": "1"}, lambda text: "There is nothing more" in text),
]


@pytest.mark.parametrize(("asked", "helps"), EMPTY)
def test_where_nothing_is_found_the_page_says_how_to_widen(
    pages: Pages, asked: dict[str, Any], helps: Callable[[str], bool]
) -> None:
    record(pages, event(now() - 60 * 86_400))
    assert helps(pages.admin.get("/log", **asked).text)


def test_before_the_first_decision_the_page_says_how_to_see_one(pages: Pages) -> None:
    text = pages.admin.get("/log").text
    assert "Nothing was decided yet." in text
    assert "/system" in text
    assert "/system" not in pages.customer.get("/log").text


def test_where_nothing_is_found_a_daemon_that_is_down_is_told(pages: Pages) -> None:
    assert "daemon is not running" in pages.admin.get("/log").text
    assert "Tell the administrator" in pages.customer.get("/log").text
    with daemon_at(pages.config.control, {"status": lambda _: {}}):
        assert "daemon is not running" not in pages.admin.get("/log").text


def test_somebody_without_domains_sees_nothing_and_no_fault(pages: Pages) -> None:
    one_of_each(pages)
    nobody = pages.visitor("customer", "nobody")
    for path in ("/log", "/log/new", "/log/export.csv"):
        answer = nobody.get(path)
        assert answer.status_code == 200
        assert "example" not in answer.text.replace("example.test", "")


@pytest.mark.parametrize("layout", ["page", "frame", "body"])
def test_with_the_route_in_a_parameter_everything_leads_through_it(
    pages: Pages, layout: str
) -> None:
    (stored,) = record(pages, event(now()))
    browser = pages.visitor(
        "admin", "root", prefix="/p/index.php", parameter="route", layout=layout
    )
    for route in ("/log", f"/log/{stored.id}"):
        text = browser.get("/p/index.php", route=route, account="bob@alpha.example").text
        leads = [a for a in addresses(text) if not a.startswith("#")]
        assert leads
        assert [a for a in leads if not a.startswith("/p/index.php")] == []
    assert (
        '<input type="hidden" name="route" value="/log">'
        in browser.get("/p/index.php", route="/log").text
    )
