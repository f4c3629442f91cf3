"""The demo's hooks are in place, and their test fails where nobody answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import PlanError
from core.panel import Doors, HookState
from core.words import Stage
from demo.hooks import DemoHook, hooks


def test_both_mail_servers_are_hooked(tmp_path: Path) -> None:
    """D1: nothing of the dashboard is red because the pages cannot look at the servers."""
    found = hooks(Doors((f"unix:{tmp_path}/policy.sock",), "tcp:127.0.0.1:1", "secret", "root"))
    assert [each.name for each in found] == ["dovecot", "postfix"]
    assert {each.verify() for each in found} == {HookState.INSTALLED}
    assert {stage for each in found for stage in each.stages} == {
        Stage.CONNECT,
        Stage.AUTH,
        Stage.SEND,
    }
    for each in found:
        assert each.recorded() is None
        with pytest.raises(PlanError, match="cannot ask the daemon"):
            each.probe(lambda _: True)
        with pytest.raises(PlanError, match="changes no mail server"):
            each.plan()


def test_a_question_that_does_not_arrive_is_told() -> None:
    hook = DemoHook("postfix", frozenset({Stage.CONNECT}), lambda: "4711")
    hook.probe({"4711"}.__contains__)
    with pytest.raises(PlanError, match="knows nothing of it"):
        hook.probe(lambda _: False)
