"""A new pass as somebody types it (A17)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import g

from core.desk.entry import Entry, Place
from core.panel import Role, Viewer
from core.settings.scope import SERVER_SCOPE, Scope
from core.web.pages.travellers_form import PassForm, Wanted
from core.web.sight import Sight
from core.web.visitor import Taste, Visitor
from tests.core.web.rig import Pages

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC).timestamp()
BOB = Scope("mailbox", "bob@alpha.example")


def _read(
    pages: Pages, said: dict[str, str], role: Role = Role.CUSTOMER, zone: str = "UTC"
) -> tuple[Wanted | None, PassForm]:
    viewer = Viewer(role, "anna")
    sight = Sight(viewer, pages.parts.directory)
    with pages.app.test_request_context("/"):
        g.visitor = Visitor(viewer, sight, None, Taste("en", zone, True, "auto"))
        usual = {"account": "bob@alpha.example", "kind": "country", "country": "TH"}
        form = PassForm(sight, {**usual, "until": "14", **said}, NOW)
        return form.read(), form


def _wanted(pages: Pages, said: dict[str, str], role: Role = Role.CUSTOMER) -> Wanted:
    wanted, form = _read(pages, said, role)
    assert wanted is not None, form.faults
    return wanted


def test_country_for_two_weeks(pages: Pages) -> None:
    wanted = _wanted(pages, {"country": "th", "comment": " holiday "})
    assert wanted.place == Place("country.passes", BOB)
    assert wanted.entry == Entry("TH", "holiday", NOW + 14 * 86_400)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("203.0.113.7", "203.0.113.7"), ("2001:DB8::1/48", "2001:db8::/48")],
)
def test_address_or_network(pages: Pages, typed: str, kept: str) -> None:
    wanted = _wanted(pages, {"kind": "address", "address": typed, "until": "3"})
    assert wanted.place == Place("exempt.addresses", BOB)
    assert wanted.entry == Entry(kept, "", NOW + 3 * 86_400)


def test_whole_domain(pages: Pages) -> None:
    wanted = _wanted(pages, {"account": "Alpha.example"})
    assert wanted.place.scope == Scope("domain", "alpha.example")


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("UTC", datetime(2026, 7, 11, tzinfo=UTC)),
        ("Asia/Bangkok", datetime(2026, 7, 10, 17, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 7, 11, 4, tzinfo=UTC)),
    ],
)
def test_day_ends_where_the_visitor_is(pages: Pages, zone: str, end: datetime) -> None:
    wanted, _ = _read(pages, {"until": "date", "date": "2026-07-10"}, zone=zone)
    assert wanted is not None
    assert wanted.entry.expires == end.timestamp()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"account": ""}, "account"),
        ({"account": "dora@delta.example"}, "account"),
        ({"account": "delta.example"}, "account"),
        ({"account": "nobody@nowhere.example"}, "account"),
        ({"account": "@"}, "account"),
        ({"country": ""}, "country"),
        ({"country": "XX"}, "country"),
        ({"kind": "address", "address": ""}, "address"),
        ({"kind": "address", "address": "300.1.1.1"}, "address"),
        ({"kind": "address", "address": "AS64500"}, "address"),
        ({"kind": "address", "address": "0.0.0.0/0"}, "address"),
        ({"until": "date", "date": ""}, "date"),
        ({"until": "date", "date": "2026-06-30"}, "date"),
        ({"until": "date", "date": "2027-12-31"}, "date"),
        ({"until": "date", "date": "9999-12-31"}, "date"),
        ({"comment": "x" * 501}, "comment"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    pages: Pages, said: dict[str, str], field: str
) -> None:
    wanted, form = _read(pages, said)
    assert wanted is None
    assert list(form.faults) == [field]
    assert form.fields[field] == said.get(field, "").upper() if field == "country" else True


def test_only_the_administrator_opens_the_server(pages: Pages) -> None:
    """E22"""
    assert not _wanted(pages, {"server": "1"}).at_server
    assert _wanted(pages, {"server": "1"}, Role.ADMIN).at_server
    everybody = _wanted(pages, {"account": "", "server": "1"}, Role.ADMIN)
    assert (everybody.place.scope, everybody.at_server) == (SERVER_SCOPE, False)


def test_address_for_everybody_is_an_exemption(pages: Pages) -> None:
    said = {"account": "", "kind": "address", "address": "203.0.113.7"}
    wanted, form = _read(pages, said, Role.ADMIN)
    assert wanted is None
    assert "account" in form.faults


def test_address_that_is_asked_for_chooses_its_kind(pages: Pages) -> None:
    _, form = _read(pages, {"kind": "", "country": "", "address": "203.0.113.7"})
    assert form.fields["kind"] == "address"
