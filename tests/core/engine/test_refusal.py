"""What a refused person reads: the reason, whom to ask, one line."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine import refusal
from core.engine.decide import Decision, decide
from core.words import NetworkKind, Reason, Stage, Verdict
from tests.core.engine.asking import Asking, facts, snapshot


def words(settings: dict[str, Any], stage: Stage = Stage.CONNECT, **known: Any) -> str:
    """The text of a refusal under these settings."""
    asking = Asking(snapshot(settings))
    question = asking.question(stage, facts(**known))
    decision = decide(question)
    return refusal.text(decision, question.request, question.facts, question.policy, 0)


def test_it_names_the_country_and_whom_to_ask() -> None:
    """A26."""
    settings = {
        "country.mode": "refuse",
        "country.list": ["RU"],
        "text.contact": "support@host.test",
    }
    assert words(settings, country="RU") == (
        "Logins from Russia are not permitted; ask support@host.test"
    )


def test_an_unknown_country_is_said_to_be_unknown() -> None:
    """No empty place in the sentence."""
    settings = {"country.mode": "allow", "country.list": ["DE"], "country.unknown": "refuse"}
    assert words(settings) == (
        "Logins from an unknown country are not permitted; ask your mail administrator"
    )


def test_a_network_refusal_names_the_address() -> None:
    """People can read it out on the telephone."""
    text = words({"network.cloud": "refuse"}, kinds=(NetworkKind.CLOUD,))
    assert text.startswith("Logins from this network (203.0.113.7) are not permitted")


def test_a_block_says_until_when() -> None:
    """B1: the account and the end of the block, in UTC."""
    asking = Asking(snapshot({"send.limit": 1}))
    decide(asking.question(Stage.SEND, now=0.0))
    question = asking.question(Stage.SEND, now=1.0)
    decision = decide(question)
    text = refusal.text(decision, question.request, question.facts, question.policy, 86_400)
    assert "bob@example.test has sent too many mails" in text
    assert "until 1970-01-02 00:00 UTC" in text
    assert refusal.status(decision) == "4.7.1"


@given(st.text(max_size=2000), st.text(min_size=1, max_size=120))
def test_it_is_always_one_bounded_line(account: str, contact: str) -> None:
    """Whatever an account is called, the wire gets one line."""
    asking = Asking(snapshot({"send.limit": 1}))
    question = asking.question(Stage.SEND, account=account or "x")
    decide(question)
    decision = decide(asking.question(Stage.SEND, account=account or "x", now=1.0))
    text = refusal.text(decision, question.request, question.facts, question.policy, 0)
    assert "\n" not in text
    assert text.isprintable()
    assert len(text.encode()) <= refusal.LONGEST
    assert contact


@pytest.mark.parametrize(
    ("text", "ascii_text"),
    [
        ("plain", "plain"),
        ("Größe für Café", "Groesse fuer Cafe"),
        ("Жук", "???"),
    ],
)
def test_letters_are_spelled_out(text: str, ascii_text: str) -> None:
    """A German refusal stays readable."""
    assert refusal.plain(text) == ascii_text


def test_an_attacker_reads_until_when() -> None:
    """Whoever shares his address must know that it ends, and whom to ask."""
    settings = snapshot({"text.contact": "support@host.test"})
    question = Asking(settings).question(Stage.CONNECT, facts())
    decision = Decision(Verdict.DENY, Reason.ATTACKER_SEEN)
    text = refusal.text(decision, question.request, question.facts, question.policy, 1_800_000_000)
    assert text == (
        "Too many failed logins from 203.0.113.7: refused until 2027-01-15 08:00 UTC; "
        "ask support@host.test"
    )
