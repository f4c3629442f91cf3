"""What programs see of attackers and stolen accounts, and do about them (A9, A19, A23)."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from core.panel import Role
from core.store.attacker import Attacker
from core.store.block import Block
from core.store.ledger import Ledger
from core.store.signal import NotedSignal
from core.words import Reason, SignalKind
from tests.core.web.api.program import Program
from tests.core.web.rig import Pages

GUESSER = "203.0.113.7"
BOB, DORA = "bob@alpha.example", "dora@delta.example"


def attack(pages: Pages) -> None:
    """Somebody is refused, as the store has it."""
    now = time.time()
    pages.parts.store.attackers.seen(
        [
            Attacker(
                place=GUESSER,
                kind="address",
                since=now - 60,
                until=now + 3600,
                times=1,
                evidence="tried 14 accounts in 6 minutes",
            )
        ]
    )


def suspect(pages: Pages, *accounts: str) -> None:
    """Accounts look stolen."""
    now = time.time()
    for account in accounts:
        signal = NotedSignal(
            at=now, last=now, account=account, kind=SignalKind.COUNTRIES, evidence="DE and VN"
        )
        pages.parts.store.signals.note(signal)


def test_attackers_are_listed_and_let_pass(pages: Pages) -> None:
    attack(pages)
    program = Program(pages, Role.ADMIN)
    found = program.get("/attackers")
    assert [each["place"] for each in found["attackers"]] == [GUESSER]
    assert found["count"] == 1
    assert found["from_daemon"] is False
    answer = program.send("DELETE", "/attackers", place=GUESSER, why="our office")
    assert msgspec.json.decode(answer.data)["released"] == [GUESSER]
    assert program.get("/attackers")["attackers"] == []
    (past,) = pages.parts.store.attackers.history([GUESSER])
    assert past.released_by == "root (token test)"
    assert past.released_why == "our office"


def test_nonsense_is_let_pass_by_nobody(pages: Pages) -> None:
    assert Program(pages, Role.ADMIN).send("DELETE", "/attackers", place="x").status_code == 400


def test_lists_are_seen_and_switched(pages: Pages) -> None:
    program = Program(pages, Role.ADMIN)
    modes = {each["name"]: each["mode"] for each in program.get("/lists")}
    assert modes["blocklist_de"] == "off"
    answer = program.send("PATCH", "/lists/blocklist_de", {"mode": "watch", "why": "a week"})
    assert len(msgspec.json.decode(answer.data)["entries"]) == 1
    found = {each["name"]: each["mode"] for each in program.get("/lists")}
    assert found == modes | {"blocklist_de": "watch"}
    again = program.send("PATCH", "/lists/blocklist_de", {"mode": "watch"})
    assert msgspec.json.decode(again.data)["entries"] == []


@pytest.mark.parametrize(
    ("name", "mode"), [("blocklist_de", "always"), ("nobody", "watch"), ("spamhaus_drop", "off")]
)
def test_what_no_list_can_do_is_refused(pages: Pages, name: str, mode: str) -> None:
    answer = Program(pages, Role.ADMIN).send("PATCH", f"/lists/{name}", {"mode": mode})
    assert answer.status_code == 400
    assert not pages.parts.store.settings.all()


@pytest.mark.parametrize("role", [Role.RESELLER, Role.CUSTOMER])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/attackers", None),
        ("DELETE", "/attackers?place=203.0.113.7", None),
        ("GET", "/lists", None),
        ("PATCH", "/lists/blocklist_de", {"mode": "off"}),
    ],
)
def test_who_attacks_is_the_administrators(
    pages: Pages, role: Role, method: str, path: str, body: Any
) -> None:
    """E22"""
    path, _, query = path.partition("?")
    given = dict([query.split("=")]) if query else {}
    assert Program(pages, role).send(method, path, body, **given).status_code == 403


@pytest.mark.parametrize(
    ("role", "seen"),
    [(Role.ADMIN, {BOB, DORA}), (Role.RESELLER, {BOB}), (Role.CUSTOMER, {BOB})],
)
def test_everybody_sees_the_signals_of_their_own(pages: Pages, role: Role, seen: set[str]) -> None:
    """E22"""
    suspect(pages, BOB, DORA)
    found = Program(pages, role).get("/signals", open="true")
    assert {each["account"] for each in found["signals"]} == seen


def test_signals_are_read_page_by_page(pages: Pages) -> None:
    suspect(pages, BOB, DORA)
    program = Program(pages, Role.ADMIN)
    first = program.get("/signals", limit=1)
    second = program.get("/signals", limit=1, before_id=first["next"])
    assert [first["signals"][0]["account"], second["signals"][0]["account"]] == [DORA, BOB]


@pytest.mark.parametrize(
    ("role", "account", "code"),
    [
        (Role.ADMIN, DORA, 200),
        (Role.CUSTOMER, BOB, 200),
        (Role.CUSTOMER, DORA, 404),
        (Role.RESELLER, DORA, 404),
    ],
)
def test_signals_are_closed_by_those_whose_account_it_is(
    pages: Pages, role: Role, account: str, code: int
) -> None:
    suspect(pages, BOB, DORA)
    body = {"account": account, "owner": True}
    assert Program(pages, role).send("POST", "/signals/close", body).status_code == code
    found = Program(pages, Role.ADMIN).get("/signals", open="true")["signals"]
    assert (account in {each["account"] for each in found}) is (code != 200)


@pytest.mark.parametrize(
    ("role", "account", "code"),
    [(Role.CUSTOMER, BOB, 200), (Role.CUSTOMER, DORA, 404), (Role.ADMIN, DORA, 200)],
)
def test_an_account_is_blocked_by_hand(pages: Pages, role: Role, account: str, code: int) -> None:
    body = {"account": account, "seconds": 3600, "why": "stolen phone"}
    assert Program(pages, role).send("POST", "/block", body).status_code == code
    found = Program(pages, Role.ADMIN).get("/blocked")["blocked"]
    blocked = {each["account"]: each["reason"] for each in found}
    assert blocked == ({account: Reason.BLOCKED_BY_HAND} if code == 200 else {})


@pytest.mark.parametrize("seconds", [0, -1, 59, 31 * 86_400, "long"])
def test_a_block_has_an_end_that_makes_sense(pages: Pages, seconds: Any) -> None:
    body = {"account": BOB, "seconds": seconds}
    assert Program(pages, Role.ADMIN).send("POST", "/block", body).status_code == 400


@pytest.mark.parametrize(
    ("role", "code"), [(Role.ADMIN, 200), (Role.RESELLER, 200), (Role.CUSTOMER, 403)]
)
def test_a_new_password_ends_what_was_seen(pages: Pages, role: Role, code: int) -> None:
    """A customer does not release a mailbox by saying so: whoever stole it could say so, too."""
    suspect(pages, BOB)
    answer = Program(pages, role).send("POST", "/password-changed", {"account": BOB})
    assert answer.status_code == code
    found = Program(pages, Role.ADMIN).get("/signals")["signals"]
    assert [each["closed_as"] for each in found] == (["password"] if code == 200 else [""])


def test_a_customer_who_closes_ends_no_block(pages: Pages) -> None:
    suspect(pages, BOB)
    now = time.time()
    ledger = Ledger.open(pages.config.state / "ledger", now=now)
    ledger.block(
        Block(
            account=BOB,
            started=now,
            until=now + 999,
            seconds=999,
            reason=Reason.ACCOUNT_STOLEN,
            evidence="DE and VN",
        )
    )
    ledger.close()
    answer = Program(pages, Role.CUSTOMER).send("POST", "/signals/close", {"account": BOB})
    assert msgspec.json.decode(answer.data)["released"] is False
    assert Program(pages, Role.ADMIN).get("/blocked")["blocked"]
