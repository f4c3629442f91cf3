"""Hooks are looked at, and proved by a question that reached the daemon."""

from __future__ import annotations

from typing import Any

import pytest

from core.control import Control
from core.desk.hooks import HookReport, hooks, records, seen_by, self_test, verify
from core.errors import PanelAbsent, PlanError, StoreError
from core.panel import HookState
from tests.core.desk import samples
from tests.core.desk.mail_hook import Hook, KnockingHook
from tests.core.desk.office import Office

ASKED = {"status": lambda _: samples.status(), "seen": lambda _: {"seen": True}}


def _test(office: Office, hook: Hook, answers: Any) -> HookReport:
    control = Control(office.config.control)
    if answers is None:
        return self_test([hook], control)[0]
    with office.daemon(answers):
        return self_test([hook], control)[0]


@pytest.mark.parametrize(
    ("state", "answers", "report"),
    [
        (HookState.INSTALLED, ASKED, HookReport("postfix", "installed", True, "asked")),
        (
            HookState.INSTALLED,
            ASKED | {"seen": lambda _: {"seen": False}},
            HookReport("postfix", "installed", True, "not asked", "port 587 did not ask"),
        ),
        (HookState.MISSING, ASKED, HookReport("postfix", "missing")),
        (HookState.EDITED, ASKED, HookReport("postfix", "edited by someone else")),
        (None, ASKED, HookReport("postfix", "unknown", problem="main.cf cannot be read")),
    ],
)
def test_looks_and_knocks(
    office: Office, state: HookState | None, answers: Any, report: HookReport
) -> None:
    """D9: the files and the proof; where the files are wrong, there is nothing to prove."""
    assert _test(office, Hook(state=state), answers) == report


def test_tells_of_each_port(office: Office) -> None:
    """D9: one port that asks proves nothing for another."""
    hook = KnockingHook({"submission": "1", "smtps": "2", "smtp": "1"})
    found = _test(office, hook, ASKED | {"seen": lambda asked: {"seen": asked["marker"] == "1"}})
    assert [(knock.port, knock.answer) for knock in found.ports] == [
        ("submission", "asked"),
        ("smtps", "not asked"),
        ("smtp", "asked"),
    ]
    assert (found.answer, found.problem, found.is_good) == ("not asked", "smtps did not", False)
    assert _test(office, KnockingHook({"submission": "1"}), ASKED).is_good


@pytest.mark.parametrize(
    ("answers", "why"),
    [(None, "not knocked at: the daemon cannot be reached"), ({}, "the daemon refuses to say")],
)
def test_says_why_nobody_can_say(office: Office, answers: Any, why: str) -> None:
    """A daemon that is away is no proof against the hook."""
    found = _test(office, Hook(), answers)
    assert (found.state, found.probed, found.answer) == ("installed", False, "cannot say")
    assert why in found.problem


def test_a_daemon_that_ends_meanwhile_cannot_say(office: Office) -> None:
    """Not the mail server's fault."""
    with pytest.raises(PlanError, match="the daemon cannot say whether it was asked"):
        seen_by(Control(office.config.control))("40123")


def test_an_interrupted_change_is_told(office: Office) -> None:
    """E11: whatever the configuration looks like in the middle of it."""
    hook = Hook()
    hook.change.interrupted = "applying"
    (found,) = verify([hook])
    assert (found.state, found.is_good) == ("interrupted", False)
    assert "mailward hook resume postfix" in found.problem
    hook.change.on_record = False
    assert verify([hook])[0].is_good


def test_the_hooks_are_told_where_the_daemon_listens(office: Office) -> None:
    """And the secret that Dovecot sends, which is made if it must be."""
    office.panel.hooks_here = [Hook(), Hook("dovecot")]
    assert [each.name for each in hooks(office.config, office.panel, "dovecot")] == ["dovecot"]
    doors = office.panel.doors
    assert doors is not None
    assert (doors.policy, doors.dovecot) == (office.config.policy, "")
    assert doors.dovecot_secret == (office.config.state / "dovecot.secret").read_text().strip()


def test_looking_makes_nothing(office: Office) -> None:
    """A secret that the pages' user makes could not be read by the daemon's."""
    office.panel.hooks_here = [Hook("dovecot")]
    hooks(office.config, office.panel, only_look=True)
    assert not office.config.state.exists()
    assert office.panel.doors is not None
    assert office.panel.doors.dovecot_secret
    hooks(office.config, office.panel)
    made = office.panel.doors.dovecot_secret
    hooks(office.config, office.panel, only_look=True)
    assert office.panel.doors.dovecot_secret == made


def test_a_server_that_is_not_here_is_named(office: Office) -> None:
    """The request is at fault."""
    with pytest.raises(PanelAbsent, match="no mail server"):
        hooks(office.config, office.panel)
    with pytest.raises(PanelAbsent, match="exim is not installed"):
        hooks(office.config, office.panel, "exim")


def test_a_state_directory_that_cannot_be_used_is_named(office: Office) -> None:
    """As by somebody who may not read the secret."""
    office.config.state.write_text("a file")
    with pytest.raises(StoreError, match="state cannot be used"):
        hooks(office.config, office.panel)


def test_undo_records_do_not_lie_where_the_daemon_may_write(office: Office) -> None:
    """Root writes into other people's files what stands in them."""
    folder = records(office.config)
    assert not folder.is_relative_to(office.config.state)
    assert folder.parent == office.config.state.parent


def test_hooks_whose_servers_left_are_asked_for_by_themselves(office: Office) -> None:
    """Nobody who shows or repairs hooks meets one that is only to be taken back."""
    gone, here = Hook("exim"), Hook("postfix")
    gone.stages = frozenset()
    office.panel.hooks_here = [gone, here]
    assert hooks(office.config, office.panel) == [here]
    assert hooks(office.config, office.panel, retired=True) == [gone]
    office.panel.hooks_here = [here]
    assert hooks(office.config, office.panel, retired=True) == []
