"""Asking in order: our own fault refuses nobody, and a trace tells everything."""

from __future__ import annotations

import pytest

from core.engine.checks import CHECKS, Question
from core.engine.decide import Step, decide
from core.words import NetworkKind, Reason, Stage, Verdict
from tests.core.engine.asking import Asking, facts, snapshot


def test_a_failing_check_lets_the_request_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """A25: allowed with reason fault, and the traceback for the log."""

    def broken(_: Question) -> None:
        raise ZeroDivisionError("in a check")

    monkeypatch.setitem(CHECKS, Stage.AUTH, (broken,))
    decision = decide(Asking(snapshot()).question(Stage.AUTH))
    assert (decision.verdict, decision.reason) == (Verdict.ALLOW, Reason.FAULT)
    assert decision.check == "broken"
    assert "in a check" in decision.fault


def test_the_connect_stage_can_be_switched_off() -> None:
    """A1: off means nobody is refused there, and the next stage still is."""
    settings = snapshot(
        {"connect.enabled": False, "country.mode": "refuse", "country.list": ["RU"]}
    )
    asking = Asking(settings)
    russia = facts(country="RU")
    assert decide(asking.question(Stage.CONNECT, russia)).verdict is Verdict.ALLOW
    assert decide(asking.question(Stage.AUTH, russia)).verdict is Verdict.DENY


def test_the_trace_has_every_check_up_to_the_one_that_decides() -> None:
    """D11."""
    settings = snapshot({"network.cloud": "watch", "country.mode": "allow", "country.list": ["DE"]})
    known = facts(country="RU", kinds=(NetworkKind.CLOUD,))
    trace: list[Step] = []
    decision = decide(Asking(settings).question(Stage.CONNECT, known), trace)
    assert [step.check for step in trace] == ["exempt", "attacker", "network", "country"]
    assert [step.opinion is None for step in trace] == [True, True, False, False]
    assert decision.check == "country"
    assert decision.would == Reason.NETWORK_CLOUD


def test_a_watching_check_does_not_hide_a_refusing_one() -> None:
    """An attacker on a watched cloud is still an attacker."""
    settings = snapshot({"network.cloud": "watch", "network.attacker": "refuse"})
    known = facts(kinds=(NetworkKind.CLOUD, NetworkKind.ATTACKER))
    assert decide(Asking(settings).question(Stage.AUTH, known)).reason is Reason.NETWORK_ATTACKER
