"""The JSON interface: tokens, roles, what is whose, and errors that say what is wrong (E15)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.licence.tier import Tier
from core.panel import Role
from core.web.api.routes import OPERATIONS
from tests.core.web.api.program import Program
from tests.core.web.rig import Pages


def _path(path: str) -> str:
    return path.replace("{account}", "bob@alpha.example").replace("{number}", "1")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_without_a_good_token_nothing_is_answered(pages: Pages, operation: Any) -> None:
    """E22"""
    client = pages.stranger
    for header in (
        "",
        "Bearer ",
        "Bearer x",
        "Basic YTpi",
        "Bearer mailward_0000_x",
        "bearer \x7f",
    ):
        headers = {"Authorization": header} if header else {}
        path = f"/api/v1{_path(operation.path)}"
        answer = client.open(path, method=operation.method, headers=headers)
        assert answer.status_code == 401, header
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert msgspec.json.decode(answer.data)["error"]


def test_session_of_a_panel_opens_nothing_here(pages: Pages) -> None:
    """E22: a page of somebody else must not use an administrator's browser."""
    assert pages.admin.get("/api/v1/status").status_code == 401


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
@pytest.mark.parametrize("role", list(Role))
def test_roles_that_an_operation_does_not_name_are_refused(
    pages: Pages, operation: Any, role: Role
) -> None:
    """E22: operation x role."""
    answer = Program(pages, role).send(operation.method, _path(operation.path))
    is_refused = "this token may not do that" in answer.text
    assert is_refused is (role not in operation.roles)
    assert not is_refused or answer.status_code == 403


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("role", list(Role))
def test_tiers_switch_it_on(pages: Pages, tier: Tier, role: Role) -> None:
    """E7"""
    pages.sell(tier)
    answer = Program(pages, role).send("GET", "/me")
    is_on = tier.covers(Tier.PLUS) if role is Role.ADMIN else tier.covers(Tier.PRO)
    assert answer.status_code == (200 if is_on else 403)
    if not is_on:
        assert "licence" in msgspec.json.decode(answer.data)["error"]


def test_revoked_token_is_worth_nothing_at_once(pages: Pages) -> None:
    program = Program(pages, Role.ADMIN)
    assert program.send("GET", "/me").status_code == 200
    pages.parts.store.tokens.revoke(program.number, pages.clock())
    assert program.send("GET", "/me").status_code == 401


def test_use_is_noted(pages: Pages) -> None:
    program = Program(pages, Role.ADMIN)
    program.get("/me")
    assert pages.parts.store.tokens.all()[0].used is not None


@pytest.mark.parametrize(
    ("role", "domains", "expected"),
    [
        (Role.ADMIN, None, None),
        (Role.ADMIN, ("alpha.example",), ["alpha.example"]),
        (Role.RESELLER, None, ["alpha.example", "beta.example", "gamma.example"]),
        (Role.CUSTOMER, ("beta.example", "delta.example"), ["beta.example"]),
        (Role.CUSTOMER, (), []),
    ],
)
def test_token_sees_what_its_person_sees_and_no_more_than_it_was_made_for(
    pages: Pages, role: Role, domains: tuple[str, ...] | None, expected: list[str] | None
) -> None:
    assert Program(pages, role, domains).get("/me")["domains"] == expected


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "field"),
    [
        ("GET", "/events", {"nonsense": "1"}, None, "nonsense"),
        ("GET", "/events", {"limit": "0"}, None, "limit"),
        ("GET", "/events", {"limit": "many"}, None, "limit"),
        ("GET", "/events", {"limit": ["1", "2"]}, None, "limit"),
        ("GET", "/events", {"verdict": "perhaps"}, None, "verdict"),
        ("GET", "/statistics", {"since": "5", "until": "1"}, None, "since"),
        ("GET", "/statistics", {"since": "0", "until": "9", "by": ["day", "day"]}, None, "by"),
        ("GET", "/explain", {"address": "nobody"}, None, ""),
        ("PATCH", "/settings", {}, {}, "values"),
        ("PATCH", "/settings", {}, {"values": {"send.limit": 0}}, "send.limit"),
        ("PATCH", "/settings", {}, {"values": {"no.such": 0}}, "no.such"),
        ("PATCH", "/settings", {}, {"values": {"send.limit": 5}, "x": 1}, "x"),
        ("POST", "/exemptions", {}, {"list": "nowhere", "entry": "x"}, "list"),
        ("POST", "/audit/x/undo", {}, None, "number"),
    ],
)
def test_bad_input_is_told_with_its_field(
    pages: Pages, method: str, path: str, query: dict[str, Any], body: Any, field: str
) -> None:
    answer = Program(pages, Role.ADMIN).send(method, path, body, **query)
    assert answer.status_code == 400, answer.text
    failure = msgspec.json.decode(answer.data)
    assert failure["error"]
    assert failure["field"].split("[")[0].rstrip(".") in (field, "") or not field
    assert pages.parts.store.settings.all() == {}


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"[" * 100_000, b'{"values": 1}'])
def test_broken_bodies_change_nothing(pages: Pages, body: bytes) -> None:
    program = Program(pages, Role.ADMIN)
    headers = {"Authorization": f"Bearer {program.secret}"}
    answer = pages.stranger.open("/api/v1/settings", method="PATCH", data=body, headers=headers)
    assert answer.status_code == 400
    assert pages.parts.store.settings.all() == {}


def test_document_is_open_to_everybody(pages: Pages) -> None:
    answer = pages.stranger.get("/api/v1/openapi.json")
    assert msgspec.json.decode(answer.data)["openapi"].startswith("3.1")


def test_unknown_paths_answer_in_json(pages: Pages) -> None:
    answer = pages.stranger.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert msgspec.json.decode(answer.data)["error"]
