"""Hooks are shown, applied, proved and taken back."""

from __future__ import annotations

from typing import Any

import pytest

from core.panel import HookState
from tests.core.cli.desk import Desk
from tests.core.desk import samples
from tests.core.desk.mail_hook import Hook, KnockingHook

ASKED = {
    "status": lambda _: samples.status(),
    "reload": lambda _: {"problems": []},
    "seen": lambda _: {"seen": True},
}
NOT_ASKED = ASKED | {"seen": lambda _: {"seen": False}}


@pytest.fixture
def hook(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Hook:
    """One hook, and root."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("os.fchown", lambda *_: None)
    found = Hook()
    desk.panel.hooks_here = [found]
    return found


def test_plan_shows_and_changes_nothing(desk: Desk, hook: Hook) -> None:
    """E11: the diffs are the dry run."""
    assert desk("hook", "plan").stdout == "Make it ask\n+ check_policy_service\\x1b[2J\n"
    assert desk.json("hook", "plan", "--json")[0]["pending"] is True
    assert hook.change.done == []


def test_the_hooks_are_told_where_the_daemon_listens(desk: Desk, hook: Hook) -> None:
    """And the secret that Dovecot sends, which is made if it must be."""
    desk("hook", "plan")
    doors = desk.panel.doors
    assert doors is not None
    assert doors.policy == desk.config.policy
    assert doors.dovecot == ""
    assert doors.dovecot_secret == (desk.config.state / "dovecot.secret").read_text().strip()


def test_apply_asks_the_daemon_whether_it_was_asked(desk: Desk, hook: Hook) -> None:
    """D9: only a question that arrived proves anything."""
    with desk.daemon(ASKED) as asked:
        result = desk("hook", "apply", "postfix", "--yes")
    assert hook.change.done == ["applied"]
    assert [each["do"] for each in asked] == ["status", "reload", "seen"]
    assert asked[-1]["marker"] == "40123"
    assert result.stdout.endswith("postfix: done\n")


def test_apply_puts_everything_back_when_nobody_asked(desk: Desk, hook: Hook) -> None:
    """A wrong socket path must not look like protection."""
    with desk.daemon(NOT_ASKED):
        result = desk("hook", "apply", "--yes", code=4)
    assert "port 587 did not ask. Everything was put back" in result.stderr
    assert hook.change.done == []


def test_apply_again_still_knocks(desk: Desk, hook: Hook) -> None:
    """Idempotent, and proof all the same."""
    hook.change.pending = False
    with desk.daemon(ASKED):
        assert "was in place already" in desk("hook", "apply", "--yes").stdout
    with desk.daemon(NOT_ASKED):
        assert "did not ask" in desk("hook", "apply", "--yes", code=4).stderr


def test_apply_needs_the_daemon_unless_nobody_is_to_knock(desk: Desk, hook: Hook) -> None:
    """Exit code 3, before anything is changed."""
    desk("hook", "apply", "--yes", code=3)
    assert hook.change.done == []
    desk("hook", "apply", "--yes", "--no-probe")
    assert hook.change.done == ["applied"]


@pytest.mark.parametrize("verb", ["apply", "undo"])
def test_changes_only_when_somebody_said_yes(desk: Desk, hook: Hook, verb: str) -> None:
    """In a pipe nobody can be asked."""
    with desk.daemon(ASKED):
        assert "--yes" in desk("hook", verb, code=2).stderr
    assert hook.change.done == []


@pytest.mark.parametrize("verb", ["apply", "undo", "resume"])
def test_changes_need_root(
    desk: Desk, hook: Hook, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing else does."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert "only root" in desk("hook", verb, code=5).stderr
    desk("hook", "plan")


def test_undo_tells_what_had_to_be_left(desk: Desk, hook: Hook) -> None:
    """Other people's edits stay."""
    result = desk("hook", "undo", "--yes")
    assert result.stdout == "postfix: taken back\n"
    assert "left in place: a line that somebody else changed" in result.stderr
    hook.change.on_record = False
    assert "nothing to take back" in desk("hook", "undo", "--yes").stdout


def test_resume_finishes_what_was_interrupted(desk: Desk, hook: Hook) -> None:
    """After a crash."""
    assert desk("hook", "resume").stdout == "postfix: finished\n"
    assert hook.change.done == ["resumed"]
    hook.change.on_record = False
    assert "nothing was interrupted" in desk("hook", "resume").stdout


@pytest.mark.parametrize(
    ("state", "answers", "code", "problem"),
    [
        (HookState.INSTALLED, ASKED, 0, ""),
        (HookState.INSTALLED, NOT_ASKED, 1, "port 587 did not ask"),
        (HookState.MISSING, ASKED, 1, ""),
        (HookState.EDITED, ASKED, 1, ""),
    ],
)
def test_verify_looks_and_knocks(
    desk: Desk, hook: Hook, state: HookState, answers: dict[str, Any], code: int, problem: str
) -> None:
    """D9: the files and the proof."""
    hook.state = state
    with desk.daemon(answers):
        page = desk("hook", "verify", code=code).stdout
        found = desk.json("hook", "verify", "--json", code=code)
    assert page.split(maxsplit=1)[1].startswith(state)
    assert found == [
        {
            "name": "postfix",
            "state": state,
            "probed": state is HookState.INSTALLED,
            "problem": problem,
            "ports": [],
        }
    ]


def test_verify_tells_of_each_port(desk: Desk, hook: Hook) -> None:
    """D9: for the port that somebody forgot."""
    desk.panel.hooks_here = [KnockingHook({"submission": "1"})]
    with desk.daemon(ASKED):
        assert "         submission: asked\n" in desk("hook", "verify").stdout
        (found,) = desk.json("hook", "verify", "--json")
    assert found["ports"] == [{"port": "submission", "answer": "asked", "problem": ""}]


def test_verify_tells_of_an_interrupted_change(desk: Desk, hook: Hook) -> None:
    """E11: a crash in the middle must not look like a hook that is in place."""
    hook.change.interrupted = "applying"
    with desk.daemon(ASKED):
        page = desk("hook", "verify", code=1).stdout
    assert page.split(maxsplit=1)[1].startswith("interrupted")
    assert "mailward hook resume postfix" in page


def test_verify_without_a_daemon_looks_only(desk: Desk, hook: Hook) -> None:
    """Exit code 3 when the files are right, 1 when they are not."""
    assert "not knocked at" in desk("hook", "verify", code=3).stdout
    hook.state = HookState.MISSING
    desk("hook", "verify", code=1)


def test_verify_tells_of_every_server(desk: Desk, hook: Hook) -> None:
    """One that cannot be read does not hide the others."""
    desk.panel.hooks_here = [hook, Hook("dovecot", state=None)]
    with desk.daemon(ASKED):
        found = desk.json("hook", "verify", "--json", code=1)
        assert desk.json("hook", "verify", "postfix", "--json")[0]["name"] == "postfix"
    assert [each["state"] for each in found] == ["installed", "unknown"]
    assert found[1]["problem"] == "main.cf cannot be read"


def test_a_server_that_is_not_here_is_named(desk: Desk, hook: Hook) -> None:
    """Exit code 4."""
    assert "exim is not installed here" in desk("hook", "plan", "exim", code=4).stderr
    desk.panel.hooks_here = []
    assert "no mail server" in desk("hook", "plan", code=4).stderr
