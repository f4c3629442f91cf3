"""A search is read from an address and made into one again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import g
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.panel import Role, Viewer
from core.web.pages.log_search import FIELDS, PERIODS, RESULTS, read
from core.web.sight import Sight
from core.web.visitor import Taste, Visitor
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.rig import Pages

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC).timestamp()


@pytest.fixture(autouse=True)
def in_a_request(pages: Pages) -> Iterator[None]:
    """Somebody in Tokyo, nine hours ahead of UTC."""
    viewer = Viewer(role=Role.ADMIN, login="root")
    with pages.app.test_request_context("/log"):
        taste = Taste("en", "Asia/Tokyo", chosen_zone=True, theme="auto")
        g.visitor = Visitor(viewer, Sight(viewer, pages.parts.directory), None, taste)
        yield


@pytest.mark.parametrize(
    ("name", "value", "attribute", "wanted"),
    [
        ("account", " *@alpha.example ", "account", "*@alpha.example"),
        ("account", "bob@alpha.example", "account", "bob@alpha.example"),
        ("account", "bob", "account", "*bob*"),
        ("address", "203.0.113.0/24", "address", "203.0.113.0/24"),
        ("address", "2001:db8::/32", "address", "2001:db8::/32"),
        ("country", "de,at", "countries", {"DE", "AT"}),
        ("network", "AS64500", "asn", 64500),
        ("network", "64500", "asn", 64500),
        ("queue", "4XyZ", "queue_id", "4XyZ"),
        ("result", "stopped", "verdicts", {Verdict.DENY, Verdict.DEFER}),
        ("result", "refused", "verdicts", {Verdict.DENY}),
        ("result", "put-off", "verdicts", {Verdict.DEFER}),
        ("result", "allowed", "verdicts", {Verdict.ALLOW}),
        ("result", "watched", "would", True),
        ("stage", "connect", "stages", {Stage.CONNECT}),
        ("reason", "country", "reasons", {Reason.COUNTRY}),
        ("service", "imaps", "services", {Service.IMAPS}),
    ],
)
def test_each_field_asks_for_one_thing(
    name: str, value: str, attribute: str, wanted: object
) -> None:
    """D4."""
    search = read({name: value}, None, NOW)
    assert search.faults == {}
    assert getattr(search.wanted, attribute) == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("address", "203.0.113.300"),
        ("address", "home"),
        ("country", "XX,DE"),
        ("network", "AS"),
        ("network", "AS0"),
        ("network", "99999999999"),
        ("network", "²"),
        ("result", "maybe"),
        ("stage", "never"),
        ("reason", "because"),
        ("service", "gopher"),
        ("from", "yesterday"),
        ("to", "2026-02-30"),
        ("to", "9999-12-31"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_kept(name: str, value: str) -> None:
    search = read({name: value}, None, NOW)
    assert set(search.faults) == {name}
    assert search.fields[name] == value


@pytest.mark.parametrize(
    ("period", "since"),
    [
        ("hour", NOW - 3600),
        ("today", datetime(2026, 3, 11, tzinfo=ZoneInfo("Asia/Tokyo")).timestamp()),
        ("24h", NOW - 86_400),
        ("7d", NOW - 7 * 86_400),
        ("30d", NOW - 30 * 86_400),
        ("all", None),
        ("nonsense", NOW - 86_400),
        ("", NOW - 86_400),
    ],
)
def test_periods_begin_where_the_visitor_is(period: str, since: float | None) -> None:
    """It is half past midnight in Tokyo."""
    search = read({"period": period}, None, NOW)
    assert (search.wanted.since, search.wanted.until) == (since, None)


@pytest.mark.parametrize(
    ("first", "last", "since", "until"),
    [
        ("2026-03-01T18:00", "2026-03-01T19:30", "2026-03-01T09:00", "2026-03-01T10:30"),
        ("2026-03-01", "2026-03-01", "2026-02-28T15:00", "2026-03-01T15:00"),
        ("2026-03-01T18:00+01:00", "", "2026-03-01T17:00", ""),
    ],
)
def test_from_and_to_are_in_the_visitors_zone_and_days_are_whole(
    first: str, last: str, since: str, until: str
) -> None:
    search = read({"from": first, "to": last, "period": "24h"}, None, NOW)
    assert search.period == "span"
    ends = [
        datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() if text else None
        for text in (since, until)
    ]
    assert [search.wanted.since, search.wanted.until] == ends


def test_an_end_before_the_beginning_is_told() -> None:
    search = read({"from": "2026-03-02T00:00", "to": "2026-03-01T00:00"}, None, NOW)
    assert set(search.faults) == {"to"}


def test_choosing_a_period_leaves_the_span_that_the_form_showed() -> None:
    said = {"from": "2026-03-01T00:00", "period": "7d", "span": "1"}
    search = read(said, None, NOW)
    assert (search.period, search.arguments) == ("7d", {"period": "7d"})


def test_only_the_visitors_domains_are_asked_for() -> None:
    assert read({"account": "*"}, frozenset({"a.example"}), NOW).wanted.domains == frozenset(
        {"a.example"}
    )
    assert read({}, None, NOW).wanted.domains is None


@pytest.mark.parametrize("text", ["", "-1", "x", "²", "9" * 19, "9" * 400, "1.5"])
def test_numbers_that_no_event_can_have_are_no_page(text: str) -> None:
    search = read({"before": text, "after": text}, None, NOW)
    assert (search.before, search.after) == (None, None)


VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["*@a.example", "203.0.113.0/24", "DE", "AS1", "country", "connect", "2026-03-01", "imap"]
    ),
)


@given(
    said=st.dictionaries(st.sampled_from(FIELDS), VALUES),
    period=st.sampled_from([*PERIODS, ""]),
    single=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_address_of_a_search_is_the_search(
    said: dict[str, str], period: str, single: bool
) -> None:
    """It can be kept and sent to others."""
    first = read({**said, "period": period, "single": "1" if single else ""}, None, NOW)
    assert read(first.arguments, None, NOW) == first


def test_titles_are_there_for_every_choice() -> None:
    assert all(str(title) for title in [*PERIODS.values(), *RESULTS.values()])
