"""Why somebody is refused, or not."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from core.engine.blocks import Blocks
from core.engine.explain import State, explain
from core.engine.policy import Snapshot
from core.engine.window import SendWindows
from core.settings.scope import SERVER_SCOPE, Resolved
from core.sources.facts import AddressFacts
from core.store.attacker import Attacker
from tests.core.cli.desk import Desk
from tests.databases import write_asn, write_country


def _answer(request: dict[str, Any]) -> Any:
    """As a daemon explains that refuses Russia."""
    rules = Resolved({SERVER_SCOPE: {"country.mode": "refuse", "country.list": ("RU",)}})
    facts = AddressFacts(request["address"], 4, 3405803783, country="RU")
    state = State(Snapshot(rules), Blocks(), SendWindows(), 0, 0)
    return msgspec.to_builtins(explain(facts, request["account"], request["port"], state))


def test_asks_the_daemon(desk: Desk) -> None:
    """D11, K8: the path, the evidence and the text that the client reads."""
    with desk.daemon({"explain": _answer}) as asked:
        result = desk("explain", "203.0.113.7", "--account", "bob@example.test", "--port", "993")
    assert asked == [
        {"do": "explain", "address": "203.0.113.7", "account": "bob@example.test", "port": 993}
    ]
    assert "=> refused at connect: 203.0.113.7 is in RU: is refused [country]" in result.stdout
    assert "Logins from Russia are not permitted" in result.stdout
    assert "country.mode server" in result.stdout
    assert result.stderr == ""


def test_prints_a_document(desk: Desk) -> None:
    """For programs."""
    with desk.daemon({"explain": _answer}):
        document = desk.json("explain", "203.0.113.7", "--json")
    assert (document["verdict"], document["decided_by"]) == ("deny", "daemon")
    assert document["facts"]["country"] == "RU"


def test_decides_itself_without_a_daemon_and_says_so(desk: Desk) -> None:
    """The acceptance test of issue 2: it must say why."""
    write_country(desk.config.data / "country.mmdb", {"203.0.113.0/24": "RU"})
    write_asn(desk.config.data / "asn.mmdb", {"203.0.113.0/24": (64500, "Example")})
    desk("set", "country.mode", "refuse")
    desk("set", "country.list", "RU")
    result = desk("explain", "203.0.113.7", "--account", "bob@example.test", "--port", "587")
    assert "=> refused at connect: 203.0.113.7 is in RU: is refused [country]" in result.stdout
    assert "AS64500 Example" in result.stdout
    assert "The daemon is not running" in result.stderr
    document = desk.json("explain", "203.0.113.7", "--json")
    assert document["decided_by"] == "this command"


def test_knows_attackers_without_a_daemon(desk: Desk) -> None:
    """A18: those on record, as a daemon would that starts now."""
    begun = time.time() - 60
    with desk.store() as store:
        store.attackers.seen(
            [
                Attacker(
                    place="203.0.113.7",
                    kind="address",
                    since=begun,
                    until=begun + 86_400,
                    times=1,
                    evidence="tried 9 accounts",
                )
            ]
        )
    result = desk("explain", "203.0.113.7", "--account", "bob@example.test", "--port", "993")
    assert "=> refused at connect: " in result.stdout
    assert "[attacker_seen]" in result.stdout
    assert "Too many failed logins from 203.0.113.7" in result.stdout


def test_a_daemon_that_refuses_is_believed(desk: Desk) -> None:
    """Who may not ask does not get another answer."""
    with desk.daemon({}):
        assert "no verb 'explain'" in desk("explain", "192.0.2.1", code=4).stderr


@pytest.mark.parametrize("words", [("nonsense",), ("203.0.113",), ("192.0.2.1", "--port", "0"), ()])
def test_wrong_usage(desk: Desk, words: tuple[str, ...]) -> None:
    """Exit code 2, before anything is asked."""
    desk("explain", *words, code=2)
