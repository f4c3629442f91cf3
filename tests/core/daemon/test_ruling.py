"""A ruling: the engine's decision, worded, with the block that follows from it."""

from __future__ import annotations

import asyncio
import time

import pytest

from core.daemon import ruling
from core.daemon.asker import ALLOWED, Answer
from core.engine.request import Request
from core.words import Reason, Service, Stage, Verdict
from tests.core.daemon.rig import GERMANY, RUSSIA, Rig


def rule(rig: Rig, request: Request) -> Answer:
    """Rule on a question now."""
    return ruling.rule(rig.guard, request, rig.guard.look(request.address), time.time())


def test_nothing_against_is_the_usual_answer() -> None:
    """One object, so that it is recognised without a look inside."""
    assert rule(Rig(), Request(Stage.CONNECT, GERMANY, Service.SUBMISSION)) is ALLOWED


def test_a_refusal_says_why() -> None:
    """A27: the text is made with the decision."""
    rig = Rig({"country.mode": "refuse", "country.list": ["RU"]})
    answer = rule(rig, Request(Stage.CONNECT, RUSSIA, Service.SUBMISSION))
    assert answer.decision.reason is Reason.COUNTRY
    assert answer.text


def test_a_new_block_is_to_be_waited_for() -> None:
    """B4: nobody is told of it before it would survive a crash."""

    async def story() -> None:
        rig = Rig({"send.limit": 1}, durable=False)
        mail = Request(Stage.SEND, GERMANY, Service.SUBMISSION, "a@example.test", sending=True)
        assert rule(rig, mail) is ALLOWED
        answer = rule(rig, mail)
        assert answer.decision.verdict is not Verdict.ALLOW
        assert [block.account for block in rig.kept] == ["a@example.test"]
        assert answer.durable is not None
        assert not answer.durable.done()
        rig.waiting[0].set_result(None)
        await asyncio.sleep(0)
        assert rule(rig, mail).durable is None

    asyncio.run(story())


def test_a_fault_of_a_check_allows_and_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own fault must not stop mail."""
    rig = Rig({"country.mode": "refuse", "country.list": ["RU"]})

    def fail(*_: object) -> None:
        raise RuntimeError("no judge")

    monkeypatch.setattr(rig.guard.judge, "against", fail)
    answer = rule(rig, Request(Stage.CONNECT, GERMANY, Service.SUBMISSION))
    assert answer.decision.verdict is Verdict.ALLOW
    assert rig.guard.faults == 1
