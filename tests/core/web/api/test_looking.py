"""What programs see: the same as the person in whose place they stand."""

from __future__ import annotations

import pytest

from core.panel import Role
from core.store.event import Event
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.api.program import Program
from tests.core.web.rig import Pages

AT = 1_700_000_000.0


def _event(account: str, **more: object) -> Event:
    fields = {
        "at": AT,
        "last": AT,
        "stage": Stage.AUTH,
        "service": Service.IMAPS,
        "verdict": Verdict.DENY,
        "reason": Reason.COUNTRY,
        "country": "CN",
        "address": "203.0.113.7",
        "account": account,
        "domain": account.rpartition("@")[2],
    }
    return Event(**(fields | more))  # type: ignore[arg-type]  # the table above has the types


@pytest.fixture
def filled(pages: Pages) -> Pages:
    """Two of anna's events, one of dora's, one before the password."""
    pages.parts.store.write(
        [
            _event("bob@alpha.example"),
            _event("info@beta.example", country="US", verdict=Verdict.ALLOW),
            _event("dora@delta.example"),
            _event("", stage=Stage.CONNECT),
        ]
    )
    return pages


@pytest.mark.parametrize(
    ("role", "query", "accounts"),
    [
        (Role.ADMIN, {}, ["", "dora@delta.example", "info@beta.example", "bob@alpha.example"]),
        (Role.RESELLER, {}, ["info@beta.example", "bob@alpha.example"]),
        (Role.CUSTOMER, {"account": "*"}, ["info@beta.example", "bob@alpha.example"]),
        (Role.CUSTOMER, {"account": "dora@delta.example"}, []),
        (Role.CUSTOMER, {"country": "cn"}, ["bob@alpha.example"]),
        (Role.CUSTOMER, {"domain": "beta.example"}, ["info@beta.example"]),
        (Role.ADMIN, {"country": ["US", "DE"]}, ["info@beta.example"]),
        (Role.ADMIN, {"address": "203.0.113.0/24", "stage": "connect"}, [""]),
    ],
)
def test_events(filled: Pages, role: Role, query: dict[str, object], accounts: list[str]) -> None:
    """D4, E22"""
    found = Program(filled, role).get("/events", **query)["events"]
    assert [event.get("account", "") for event in found] == accounts


def test_foreign_domain_is_not_there(filled: Pages) -> None:
    program = Program(filled, Role.CUSTOMER)
    assert program.send("GET", "/events", domain="delta.example").status_code == 404
    query = {"since": 0, "until": 9, "domain": "delta.example"}
    assert program.send("GET", "/statistics", **query).status_code == 404


def test_pages_of_events_follow_each_other(filled: Pages) -> None:
    program = Program(filled, Role.ADMIN)
    seen, before = [], None
    while True:
        query = {"limit": 1} | ({"before_id": before} if before else {})
        page = program.get("/events", **query)
        seen += [event["id"] for event in page["events"]]
        before = page["next"]
        if before is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 4


def test_statistics_count_what_the_token_sees(filled: Pages) -> None:
    query = {"since": AT - 3600, "until": AT + 3600, "by": ["verdict"]}
    admin = Program(filled, Role.ADMIN).get("/statistics", **query)["totals"]
    assert {t["key"][0]: t["count"] for t in admin} == {"allow": 1, "deny": 3}
    customer = Program(filled, Role.CUSTOMER).get("/statistics", **query)["totals"]
    assert {t["key"][0]: t["count"] for t in customer} == {"allow": 1, "deny": 1}


def test_hours_of_countries_of_domains_are_refused_with_the_reason(filled: Pages) -> None:
    query = {"since": AT, "until": AT + 1, "by": ["hour", "country"]}
    answer = Program(filled, Role.CUSTOMER).send("GET", "/statistics", **query)
    assert answer.status_code == 400
    assert "day" in answer.text


def test_status_without_a_daemon_says_so(pages: Pages) -> None:
    status = Program(pages, Role.ADMIN).get("/status")
    assert status["light"] == "red"
    assert status["reachable"] is False
    assert status["problems"][0]["part"] == "daemon"


def test_explanation_names_the_address(pages: Pages) -> None:
    found = Program(pages, Role.ADMIN).get("/explain", address="203.0.113.7", port=993)
    assert found["explanation"]["address"] == "203.0.113.7"


def test_secrets_are_masked_in_settings_and_audit(pages: Pages) -> None:
    pages.parts.store.settings.change(("server", ""), {"data.maxmind_key": "sesame"}, "root", 1.0)
    program = Program(pages, Role.ADMIN)
    for path in ("/settings", "/audit"):
        assert "sesame" not in program.send("GET", path).text


def test_domains_and_catalogue(pages: Pages) -> None:
    domains = Program(pages, Role.CUSTOMER).get("/domains")["domains"]
    assert [(d["name"], d["mailboxes"]) for d in domains] == [
        ("alpha.example", 2),
        ("beta.example", 1),
    ]
    names = {field["name"] for field in Program(pages, Role.CUSTOMER).get("/settings/fields")}
    assert {"country.mode", "send.limit"} <= names
