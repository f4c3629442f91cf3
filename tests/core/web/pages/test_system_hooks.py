"""Mail servers: what is in place, what root has to type, and whether they really ask."""

from __future__ import annotations

import threading
from html import unescape
from typing import Any

import pytest

from core.panel import HookState, Knock
from core.web.jobs import Jobs, jobs
from tests.core.desk.mail_hook import Hook, KnockingHook
from tests.core.desk.office import daemon_at
from tests.core.web.rig import Pages


def _jobs(pages: Pages) -> Jobs:
    with pages.app.app_context():
        return jobs(pages.clock)


def _status(**different: Any) -> dict[str, Any]:
    seen = {"connect": {"asked": 12345, "last": 1.8e9}, "auth": {"asked": 0, "last": 0}}
    values: dict[str, Any] = {
        "problems": {},
        "stages": seen,
        "server_country": "AT",
        "faults": 0,
        "sources": [],
        "blocked": 0,
        "untrusted": 0,
    }
    return values | different


@pytest.mark.parametrize(
    ("state", "says", "command"),
    [
        (HookState.INSTALLED, "in place", ""),
        (HookState.MISSING, "not in place", "mailward hook apply postfix"),
        (HookState.EDITED, "edited by someone else", "mailward hook plan postfix"),
        (None, "cannot be looked at", "mailward hook verify postfix"),
    ],
)
def test_state_of_a_hook_and_what_root_types(
    pages: Pages, state: HookState | None, says: str, command: str
) -> None:
    pages.panel.hooks_here = [Hook(state=state)]
    text = pages.admin.get("/system").text
    assert f">{says}<" in text
    assert ("mwsy-command" in text) == bool(command)
    assert command in text


def test_interrupted_change_can_be_finished(pages: Pages) -> None:
    hook = Hook()
    hook.change.interrupted = "editing main.cf"
    pages.panel.hooks_here = [hook]
    text = pages.admin.get("/system").text
    assert "half done" in text
    assert "mailward hook resume postfix" in text


def test_server_without_a_mail_server_says_so(pages: Pages) -> None:
    assert "is installed here" in pages.admin.get("/system").text


def test_when_each_question_was_asked_last(pages: Pages) -> None:
    """D11: whether hooks are really consulted."""
    pages.panel.hooks_here = [Hook()]
    with daemon_at(pages.config.control, {"status": lambda _: _status(untrusted=2)}):
        text = pages.admin.get("/system").text
    assert "12,345" in text
    assert 'datetime="2027-01-15T08:00:00+00:00"' in text
    assert ">never<" in text
    assert "2 questions came from users who may not ask" in text
    assert "The daemon does not answer" in pages.admin.get("/system").text


def test_self_test_tells_of_every_port(pages: Pages) -> None:
    """D11"""
    pages.panel.hooks_here = [KnockingHook({"port <587>": "1", "port 993": "2"})]
    answers: dict[str, Any] = {
        "status": lambda _: _status(),
        "seen": lambda request: {"seen": request["marker"] == "1"},
    }
    with daemon_at(pages.config.control, answers):
        answer = pages.admin.post("/system/test")
        assert answer.status_code == 303
        _jobs(pages).wait(10)
        text = pages.admin.get("/system").text
    assert "port &lt;587&gt;" in text
    assert ">asks<" in text
    assert ">does not ask<" in text
    assert "port 993 did not" in text
    assert "data-poll" not in text


def test_self_test_without_daemon_says_why(pages: Pages) -> None:
    pages.panel.hooks_here = [Hook()]
    pages.admin.post("/system/test")
    _jobs(pages).wait(10)
    assert "not knocked at: the daemon cannot be reached" in unescape(
        pages.admin.get("/system").text
    )


def test_only_one_test_at_a_time(pages: Pages) -> None:
    go_on = threading.Event()

    class Slow(Hook):
        def knock(self, asked: Any) -> list[Knock]:
            go_on.wait(10)
            return []

    pages.panel.hooks_here = [Slow()]
    with daemon_at(pages.config.control, {"status": lambda _: _status()}):
        pages.admin.post("/system/test")
        running = pages.admin.get("/system").text
        second = pages.admin.post("/system/test")
        told = pages.admin.follow(second).text
        go_on.set()
        _jobs(pages).wait(10)
    assert "data-poll" in running
    assert "Test now" not in running
    assert "Something else is at work" in told
