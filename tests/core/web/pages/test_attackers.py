"""Attackers as the administrator sees them, and the way out for whoever is none (A9, A18, D13)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.store.attacker import Attacker
from core.store.event import Event
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.pages.daemon import Daemon
from tests.core.web.rig import Pages

GUESSER = "203.0.113.7"
EVIDENCE = "tried 14 accounts in 6 minutes, last at 03:12 UTC"


def stands(place: str = GUESSER, **more: Any) -> dict[str, Any]:
    """An attacker as the daemon tells it."""
    now = time.time()
    known = {"kind": "address", "since": now - 60, "until": now + 7200, "times": 2}
    return {"place": place, "evidence": EVIDENCE, "mode": "refuse", **known, **more}


@pytest.fixture
def daemon(pages: Pages) -> Daemon:
    """One that knows two attackers."""
    network = stands("198.51.100.0/24", kind="network", mode="watch", times=1)
    return Daemon(
        pages,
        attackers=lambda limit: {"attackers": [stands(), network], "count": 2},
        attacker=lambda address: {
            "standing": [stands()] if address == GUESSER else [],
            "tally": None,
            "residents": 3,
            "local": False,
        },
        forgive=lambda place, **_: {"released": [place] if place == GUESSER else []},
        status=lambda: {"sources": []},
    )


@pytest.mark.usefixtures("daemon")
def test_administrator_sees_who_is_refused_and_why(pages: Pages) -> None:
    text = pages.admin.get("/attackers").text
    assert GUESSER in text
    assert EVIDENCE in text
    assert "refused 1 time already" in text
    assert "watched only" in text
    assert "2 attackers" in text


@pytest.mark.usefixtures("daemon")
@pytest.mark.parametrize("who", ["customer", "reseller"])
@pytest.mark.parametrize("route", ["", "/targets", "/history", "/rules", "/lists"])
def test_nobody_else_does(pages: Pages, who: str, route: str) -> None:
    """E22: who attacks the server is the administrator's business."""
    assert getattr(pages, who).get(f"/attackers{route}").status_code == 403


def test_somebody_is_let_pass_and_told_so(pages: Pages, daemon: Daemon) -> None:
    """A wrong refusal that nobody can lift loses the customer."""
    answer = pages.admin.post("/attackers/release", place=f" {GUESSER} ", why="our office")
    (asked,) = [given for verb, given in daemon.asked if verb == "forgive"]
    assert asked == {"place": GUESSER, "by": "root (admin)", "why": "our office"}
    text = pages.admin.follow(answer).text
    assert f"{GUESSER} may try again" in text


@pytest.mark.usefixtures("daemon")
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("192.0.2.9", "was not refused"),
        ("nonsense", "Not let pass"),
        ("", "Not let pass"),
        ("2001:db8::/3", "Not let pass"),
    ],
)
def test_letting_pass_says_what_is_wrong(pages: Pages, place: str, said: str) -> None:
    answer = pages.admin.post("/attackers/release", place=place)
    assert said in pages.admin.follow(answer).text


@pytest.mark.usefixtures("daemon")
def test_an_address_is_looked_up(pages: Pages) -> None:
    text = pages.admin.get("/attackers", address=GUESSER).text
    assert "an attacker" in text
    assert "3 accounts are at home there" in text
    assert "no attacker" in pages.admin.get("/attackers", q="192.0.2.9").text
    assert "is no IP address" in pages.admin.get("/attackers", q="1.2.3").text


def test_without_the_daemon_the_store_tells(pages: Pages) -> None:
    now = time.time()
    pages.parts.store.attackers.seen(
        [
            Attacker(
                place=GUESSER,
                kind="address",
                since=now - 60,
                until=now + 600,
                times=1,
                evidence=EVIDENCE,
            )
        ]
    )
    text = pages.admin.get("/attackers").text
    assert GUESSER in text
    assert "nobody is refused now" in text


def test_a_daemon_that_refuses_to_say_is_quoted(pages: Pages) -> None:
    Daemon(pages)
    assert pages.admin.get("/attackers").status_code == 200
    answer = pages.admin.post("/attackers/release", place=GUESSER)
    assert "Not let pass" in pages.admin.follow(answer).text


@pytest.mark.usefixtures("daemon")
def test_history_says_how_it_ended(pages: Pages) -> None:
    now = time.time()
    kept = [
        Attacker(place=f"192.0.2.{n}", kind="address", since=now - 9000 - n, until=now - 60,
                 times=1, evidence=EVIDENCE)
        for n in range(60)
    ]  # fmt: skip
    store = pages.parts.store
    store.attackers.seen(kept)
    store.attackers.released(["192.0.2.53"], now - 80, "root", "our <b>office</b>")
    text = pages.admin.get("/attackers/history").text
    assert "ran out" in text
    assert "let pass" in text
    assert "our &lt;b&gt;office" in text
    assert pages.admin.get("/attackers/history", page="2").text.count('<th scope="row">') == 10


@pytest.mark.usefixtures("daemon")
def test_who_tries_most_and_at_whom(pages: Pages) -> None:
    """D13."""
    now = time.time()
    pages.parts.store.write(
        [
            Event(
                at=now - 60,
                last=now - 60,
                stage=Stage.AUTH,
                service=Service.IMAPS,
                verdict=Verdict.ALLOW,
                reason=Reason.LOGIN_FAILED,
                address=GUESSER,
                country="NL",
                asn=64500,
                account="bob@alpha.example",
                domain="alpha.example",
                count=7,
            )
        ]
    )
    for days in ("1", "7", "x"):
        text = pages.admin.get("/attackers/targets", days=days).text
        assert GUESSER in text
        assert "bob@alpha.example" in text
        assert "AS64500" in text
        assert "Netherlands" in text


@pytest.mark.usefixtures("daemon")
def test_rules_are_set_here(pages: Pages) -> None:
    """With what is wrong beside the field, and undo."""
    answer = pages.admin.post("/attackers/rules", {"field": "attack-mode", "attack-mode": "watch"})
    assert answer.status_code == 303
    stored = pages.parts.store.settings.all()["server", ""]
    assert stored["attack.mode"] == "watch"
    assert "this only watches" in pages.admin.get("/attackers").text
    bad = pages.admin.post("/attackers/rules", {"field": "attack-hours", "attack-hours": "0"})
    assert bad.status_code == 422


@pytest.mark.usefixtures("daemon")
def test_nobody_attacks(pages: Pages, daemon: Daemon) -> None:
    daemon._answers = {**daemon._answers, "attackers": lambda limit: {"attackers": [], "count": 0}}
    assert "Nobody is refused as an attacker now." in pages.admin.get("/attackers").text
    assert "Nobody was refused as an attacker" in pages.admin.get("/attackers/history").text
    assert "Nothing in this time." in pages.admin.get("/attackers/targets").text
