"""What the journal is told of a decision."""

from __future__ import annotations

from core.daemon.asker import note_of
from core.engine.decide import Decision
from core.engine.request import Request
from core.words import Reason, Service, Stage, Verdict
from tests.core.engine.asking import facts


def test_a_note_says_who_was_decided_about_and_why() -> None:
    """D1: one line answers why."""
    request = Request(Stage.AUTH, "203.0.113.7", Service.IMAPS, "anna@example.test")
    decision = Decision(Verdict.DENY, Reason.NETWORK_ATTACKER, "attacker", "is in a list")
    note = note_of(request, facts("203.0.113.7", country="RU"), decision, 17.0)
    assert (note.at, note.address, note.country) == (17.0, "203.0.113.7", "RU")
    assert (note.account, note.domain) == ("anna@example.test", "example.test")
    assert "is in a list" in repr(note)


def test_what_was_only_watched_has_its_evidence_too() -> None:
    request = Request(Stage.CONNECT, "203.0.113.7", Service.IMAPS)
    decision = Decision(
        *(Verdict.ALLOW, Reason.NOTHING_AGAINST),
        would=Reason.NETWORK_CLOUD,
        would_evidence="is a cloud",
    )
    note = note_of(request, facts("203.0.113.7"), decision, 17.0)
    assert "is a cloud" in repr(note)
