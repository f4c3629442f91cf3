"""One event: whose it is, the rest of its session, what the client read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.exceptions import NotFound

from core.panel import Role, Viewer
from core.store.block import Block
from core.web.pages.log_event import event_of, read_text, session_of
from core.web.sight import Sight
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.pages.log_events import ALLOWED, CONNECTED, event, record
from tests.core.web.rig import Pages

START = 1_767_268_800.0


@pytest.fixture(autouse=True)
def in_a_request(pages: Pages) -> Iterator[None]:
    with pages.app.test_request_context("/log"):
        yield


def sight(pages: Pages, role: Role = Role.ADMIN, login: str = "root") -> Sight:
    """What somebody sees."""
    return Sight(Viewer(role=role, login=login), pages.parts.directory)


def test_an_event_is_found_by_those_whose_domain_it_is(pages: Pages) -> None:
    own, foreign, nobodys = record(
        pages,
        event(START),
        event(START, account="dora@delta.example"),
        event(START, **CONNECTED),
    )
    store = pages.parts.store
    for each in (own, foreign, nobodys):
        assert event_of(store, sight(pages), each.id) == each
    for role, login in ((Role.CUSTOMER, "anna"), (Role.RESELLER, "rita")):
        assert event_of(store, sight(pages, role, login), own.id) == own
        for each in (foreign, nobodys):
            with pytest.raises(NotFound):
                event_of(store, sight(pages, role, login), each.id)


@pytest.mark.parametrize("number", [0, -1, 2, 1 << 63, 1 << 70])
def test_numbers_without_an_event(pages: Pages, number: int) -> None:
    record(pages, event(START))
    with pytest.raises(NotFound):
        event_of(pages.parts.store, sight(pages), number)


def test_both_stages_of_a_session_are_found(pages: Pages) -> None:
    """A4."""
    record(pages, event(START - 500, **CONNECTED, **ALLOWED), event(START, country="XX"))
    connect, auth, send = record(
        pages,
        event(START + 100, **CONNECTED, **ALLOWED),
        event(START + 103),
        event(START + 110, stage=Stage.SEND, service=Service.SMTP, **ALLOWED),
    )
    for each in (connect, auth, send):
        found = session_of(pages.parts.store, sight(pages), each)
        assert [line.event.id for line in found] == [connect.id, auth.id, send.id]


@pytest.mark.parametrize(
    "other",
    [
        {"address": "203.0.113.8", **CONNECTED},
        {"service": Service.IMAPS, **CONNECTED},
        {"stage": Stage.SEND, "account": "eve@alpha.example"},
        {"at": START + 31, **CONNECTED},
        {"at": START - 31, **CONNECTED},
    ],
)
def test_what_is_of_another_session_is_left_out(pages: Pages, other: dict[str, object]) -> None:
    fields = {"at": START, **other}
    at = float(str(fields.pop("at")))
    mine, _ = record(pages, event(START), event(at, **fields))
    assert [line.event for line in session_of(pages.parts.store, sight(pages), mine)] == [mine]


def test_a_storm_that_lasts_is_near_to_what_happens_while_it_does(pages: Pages) -> None:
    storm, auth = record(
        pages, event(START, **CONNECTED, last=START + 55, count=9), event(START + 50)
    )
    found = session_of(pages.parts.store, sight(pages), auth)
    assert [line.event for line in found] == [storm, auth]


def test_a_customer_sees_only_their_part_of_a_session(pages: Pages) -> None:
    _, auth = record(pages, event(START, **CONNECTED), event(START + 2))
    found = session_of(pages.parts.store, sight(pages, Role.CUSTOMER, "anna"), auth)
    assert [line.event for line in found] == [auth]


def test_a_script_on_the_server_has_no_session(pages: Pages) -> None:
    (local,) = record(pages, event(START, address="", service=Service.LOCAL, **ALLOWED))
    assert [line.event for line in session_of(pages.parts.store, sight(pages), local)] == [local]


def test_the_text_is_that_of_the_account_at_login_and_of_the_server_before(pages: Pages) -> None:
    store = pages.parts.store
    store.settings.change(("server", ""), {"text.country": "No {country} here: {address}"}, "x", 1)
    store.settings.change(("domain", "alpha.example"), {"text.country": "Ask Änna"}, "x", 1)
    desk = pages.parts.desk("root")
    connect = read_text(desk, record(pages, event(START, **CONNECTED))[0])
    assert connect is not None
    assert (connect.status, connect.text) == ("5.7.1", "No North Korea here: 203.0.113.7")
    smtp = read_text(desk, record(pages, event(START))[0])
    imap = read_text(desk, record(pages, event(START, service=Service.IMAP))[0])
    assert smtp is not None
    assert imap is not None
    assert (smtp.text, imap.text) == ("Ask Aenna", "Ask Änna")
    assert imap.status == ""


def test_the_text_of_a_block_names_its_end(pages: Pages) -> None:
    pages.parts.store.settings.change(("server", ""), {"text.send": "until {until}"}, "x", 1)
    block = Block(
        account="bob@alpha.example",
        started=START,
        until=START + 21_600,
        seconds=21_600,
        reason="send_limit",
    )
    pages.parts.store.blocks.opened(block)
    fields = {"stage": Stage.SEND, "verdict": Verdict.DEFER, "reason": Reason.ACCOUNT_BLOCKED}
    during, later = record(pages, event(START + 60, **fields), event(START + 30_000, **fields))
    desk = pages.parts.desk("root")
    found = [read_text(desk, each) for each in (during, later)]
    assert [read.text for read in found if read] == [
        "until 2026-01-01 18:00 UTC",
        "until further notice",
    ]
    assert all(read.status == "4.7.1" for read in found if read)


def test_who_was_let_in_read_nothing(pages: Pages) -> None:
    (let_in,) = record(pages, event(START, **ALLOWED))
    assert read_text(pages.parts.desk("root"), let_in) is None


@pytest.mark.parametrize(
    ("fields", "offered"),
    [
        ({}, True),
        (ALLOWED, True),
        (CONNECTED, False),
        ({**CONNECTED, "reason": Reason.NETWORK_CLOUD}, True),
    ],
)
def test_a_country_that_the_server_refuses_is_not_offered_to_be(
    pages: Pages, fields: dict[str, Any], offered: bool
) -> None:
    """D6: before the password it was the server's rule; after it perhaps only a domain's."""
    (stored,) = record(pages, event(START, **fields))
    text = pages.admin.get(f"/log/{stored.id}").text
    assert ("Refuse North Korea" in text) is offered
