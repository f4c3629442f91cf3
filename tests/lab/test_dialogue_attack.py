"""Dialogues with somebody who guesses: Dovecot tells of wrong passwords, and refuses for us.

The servers are real and ask the real daemon, because our own installer told them to.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.store.good_pair import GoodPair
from tests.lab.daemon import told
from tests.lab.guarded_host import ALICE, BOB, PASSWORD, GuardedHost
from tests.lab.readiness import await_true

pytestmark = pytest.mark.lab

GUESSED = 15
REFUSED = "Too many failed logins"
DAY = 86_400


@pytest.fixture(autouse=True)
def forgotten(guarded: GuardedHost) -> None:
    """Whatever tests before have done to the reputation of the neighbourhood."""
    for origin in ("US", "DE"):
        network = guarded.daemon.client(origin).rpartition(".")[0] + ".0/24"
        guarded.daemon.control.call("forgive", place=network, by="a test")


def guess(guarded: GuardedHost, source: str) -> None:
    """At most fifteen accounts, one password each: reports come after the answer.

    The first that is refused unasked is the last: Dovecot keeps each such client waiting.
    """
    reported = 0
    for number in range(GUESSED):
        with guarded.mailbox(143, source) as client:
            answer = client.login(f"name{number}@example.test", f"guess {number}")
            assert not answer.ok
            if REFUSED in answer.text:
                break
            reported += 1
    guarded.daemon.await_events(reported, address=source, reason="login_failed")
    standing = guarded.daemon.control.call("attackers")["attackers"]
    assert source in {each["place"] for each in standing}


def at_home(guarded: GuardedHost, account: str, source: str) -> None:
    """Let an account have logged in from there for a fortnight."""
    today = int(time.time() // DAY)
    network = source.rpartition(".")[0] + ".0/24"
    pair = GoodPair(account, network, 0, today - 14, today - 1, 10)
    guarded.daemon.control.call(
        "learn_pairs",
        pairs=[
            {name: getattr(pair, name) for name in GoodPair.__struct_fields__},
        ],
    )


@pytest.mark.parametrize("port", [143, 995])
def test_who_guesses_is_refused_before_the_password(guarded: GuardedHost, port: int) -> None:
    """A18: with the right password too; the text says until when, and whom to ask."""
    source = guarded.daemon.client("US")
    guess(guarded, source)
    with guarded.mailbox(port, source) as client:
        answer = client.login(ALICE, PASSWORD)
        assert not answer.ok
        assert REFUSED in answer.text
        assert "refused until" in answer.text
    assert told(guarded.daemon.events(address=source))[-1] == ("connect", "deny", "attacker_seen")


def test_who_guesses_is_refused_at_submission_in_place_of_the_banner(guarded: GuardedHost) -> None:
    """A18: what was seen at one port counts at the others."""
    source = guarded.daemon.client("US")
    guess(guarded, source)
    with guarded.smtp(587, source) as client:
        assert client.greeting.code == 554
        assert REFUSED in client.greeting.text


def test_a_neighbour_and_an_account_at_home_there_still_get_in(guarded: GuardedHost) -> None:
    """A18: behind one address an infected machine guesses, and its owner reads his mail."""
    source, neighbour = guarded.daemon.client("DE"), guarded.daemon.client("DE")
    at_home(guarded, BOB, source)
    guess(guarded, source)
    with guarded.mailbox(993, source) as client:
        assert client.login(BOB, PASSWORD).ok
    with guarded.mailbox(993, source) as client:
        assert not client.login(ALICE, PASSWORD).ok
    with guarded.mailbox(993, neighbour) as client:
        assert client.login(ALICE, PASSWORD).ok


def test_whoever_is_released_may_try_again_at_once(guarded: GuardedHost) -> None:
    """A18: by the command line."""
    source = guarded.daemon.client("US")
    guess(guarded, source)
    assert source in guarded.daemon.mailward("attackers", "show", source).stdout
    guarded.daemon.mailward("attackers", "release", source, "--why", "a test")
    with guarded.mailbox(993, source) as client:
        assert client.login(ALICE, PASSWORD).ok


def test_an_old_phone_is_told_by_equal_passwords(guarded: GuardedHost) -> None:
    """A18: Dovecot's hash of the password is equal for equal passwords, and for them alone."""
    source = guarded.daemon.client("US")

    def known() -> dict[str, Any]:
        shown = guarded.daemon.control.call("attacker", address=source)
        return {"standing": shown["standing"], **(shown["tally"] or {"tries": 0})}

    def await_tries(number: int) -> None:
        await_true(lambda: known()["tries"] >= number, "all reports", guarded.daemon.output)

    for _ in range(30):
        with guarded.mailbox(143, source) as client:
            assert not client.login(ALICE, "old").ok
    await_tries(30)
    assert (known()["standing"], known()["others"]) == ([], 1)
    for number in range(5):
        with guarded.mailbox(143, source) as client:
            assert not client.login(ALICE, f"another {number}").ok
    await_tries(35)
    assert known()["others"] > 3
