"""What programs change, and may not."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from core.panel import Role
from core.store.block import Block
from core.store.ledger import Ledger
from tests.core.web.api.program import Program
from tests.core.web.rig import Pages


def test_settings_are_set_seen_and_undone(pages: Pages) -> None:
    """E15, E21"""
    program = Program(pages, Role.ADMIN)
    values = {"send.limit": 20, "country.mode": "refuse", "country.list": ["CN"]}
    answer = program.send("PATCH", "/settings", {"values": values, "why": "test"})
    entries = msgspec.json.decode(answer.data)["entries"]
    assert len(entries) == 3
    seen = {each["name"]: each for each in program.get("/settings")["settings"]}
    assert (seen["send.limit"]["value"], seen["send.limit"]["origin"]) == (20, "server")
    assert seen["send.seconds"]["origin"] == "default"
    trail = program.get("/audit")["entries"]
    assert {each["who"] for each in trail} == {"root (token test)"}
    assert program.send("POST", f"/audit/{entries[0]}/undo").status_code == 200
    assert len(pages.parts.store.settings.all()["server", ""]) == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"level": "domain", "name": "alpha.example", "values": {"country.mode": "allow"}}, 200),
        ({"level": "mailbox", "name": "bob@alpha.example", "values": {"country.watch": True}}, 200),
        ({"level": "domain", "name": "alpha.example", "values": {"send.limit": 9}}, 403),
        ({"level": "domain", "name": "delta.example", "values": {"country.mode": "allow"}}, 404),
        ({"values": {"country.mode": "allow"}}, 403),
    ],
)
def test_customer_sets_what_is_theirs(pages: Pages, body: dict[str, Any], code: int) -> None:
    """E22"""
    answer = Program(pages, Role.CUSTOMER).send("PATCH", "/settings", body)
    assert answer.status_code == code, answer.text
    assert bool(pages.parts.store.settings.all()) is (code == 200)


def test_customer_undoes_nobody_elses_change(pages: Pages) -> None:
    """E22"""
    (number,) = pages.parts.store.settings.change(
        ("domain", "delta.example"), {"country.mode": "allow"}, "dora", 1.0
    )
    assert Program(pages, Role.CUSTOMER).send("POST", f"/audit/{number}/undo").status_code == 404


def test_exemptions_come_and_go(pages: Pages) -> None:
    program = Program(pages, Role.CUSTOMER)
    entry = {
        "list": "exempt.addresses",
        "entry": "203.0.113.7",
        "level": "mailbox",
        "name": "bob@alpha.example",
        "comment": "hotel",
    }
    assert program.send("POST", "/exemptions", entry).status_code == 200
    (found,) = program.get("/exemptions")["exemptions"]
    assert found == entry | {"expires": 0}
    assert Program(pages, Role.CUSTOMER, login="dora").get("/exemptions")["exemptions"] == []
    gone = {name: entry[name] for name in ("list", "entry", "level", "name")}
    assert program.send("DELETE", "/exemptions", **gone).status_code == 200
    assert program.get("/exemptions")["exemptions"] == []
    assert program.send("DELETE", "/exemptions", **gone).status_code == 400


def test_customer_frees_no_account_from_the_send_limit(pages: Pages) -> None:
    entry = {"list": "exempt.send", "entry": "bob@alpha.example"}
    answer = Program(pages, Role.CUSTOMER).send("POST", "/exemptions", entry)
    assert answer.status_code == 403


def _block(pages: Pages, account: str) -> None:
    now = time.time()
    ledger = Ledger.open(pages.config.state / "ledger", now=now)
    until = now + 3600
    ledger.block(
        Block(account=account, started=now, until=until, seconds=3600, reason="send_limit")
    )
    ledger.close()


@pytest.mark.parametrize(
    ("role", "account", "code"),
    [
        (Role.ADMIN, "dora@delta.example", 200),
        (Role.RESELLER, "bob@alpha.example", 200),
        (Role.RESELLER, "dora@delta.example", 404),
        (Role.CUSTOMER, "bob@alpha.example", 403),
    ],
)
def test_release(pages: Pages, role: Role, account: str, code: int) -> None:
    """B6: a stolen mailbox does not release itself."""
    _block(pages, account)
    program = Program(pages, role)
    listed = [each["account"] for each in program.get("/blocked")["blocked"]]
    assert listed == ([account] if code != 404 else [])
    answer = program.send("DELETE", f"/blocked/{account}")
    assert answer.status_code == code
    if code == 200:
        assert msgspec.json.decode(answer.data)["released"] is True
        assert program.get("/blocked")["blocked"] == []
