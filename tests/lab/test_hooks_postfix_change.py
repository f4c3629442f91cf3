"""The Postfix hook's change on the real Postfix of each release: it fails well, and goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from core.errors import PlanError
from core.mta import knock, postfix, postfix_edits, postfix_probe
from core.panel import HookState
from core.system.checkpoint import Checkpoint
from tests.lab.postfix_guarded import (
    ALICE,
    ELSEWHERE,
    ENDPOINT,
    Guarded,
    guarded_postfix,
    shared_postfix,
)

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["guarded_postfix", "shared_postfix"]

pytestmark = pytest.mark.lab


def test_others_edits_in_between_are_kept(guarded: Guarded) -> None:
    """E15: with the commands that administrators and panels use"""
    guarded.install()
    postconf = guarded.host.postfix.postconf
    postconf("-e", "message_size_limit = 12345678")
    postconf("-e", "smtpd_sender_restrictions = $mailward_sender, reject_unknown_sender_domain")
    postconf("-P", "submission/inet/smtpd_helo_required=yes")
    assert guarded.undo() == ()
    main, master = (each.decode() for each in guarded.files)
    assert "mailward" not in main + master
    assert postconf("-h", "message_size_limit") == "12345678\n"
    assert postconf("-h", "smtpd_sender_restrictions") == "reject_unknown_sender_domain\n"
    assert postconf("-P", "submission/inet/smtpd_helo_required").endswith("= yes\n")
    client_list = postconf("-P", "submission/inet/smtpd_client_restrictions")
    assert client_list.endswith("= permit_sasl_authenticated,reject\n")
    with guarded.connect() as client:
        assert client.greeting.code == 220


def test_a_daemon_that_does_not_listen_is_found_out_and_all_put_back(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D9"""
    monkeypatch.setattr(postfix_probe, "DEADLINE", 1.0)
    before = guarded.files
    guarded.policy.stop()
    with pytest.raises(PlanError, match=r"the daemon was not asked .*Everything was put back"):
        guarded.install()
    assert guarded.files == before
    with guarded.log_in() as client:
        assert client.send_mail(ALICE, ELSEWHERE).code == 250


BOGUS = "check_policy_service,{unix:mailward/policy.sock,bogus=1}"


@pytest.mark.parametrize(
    ("name", "value"),
    [("FAILURE", "timeout=2s, bogus=1"), ("CONNECT_QUESTION", BOGUS)],
    ids=["everywhere", "in one service"],
)
def test_an_option_that_this_postfix_does_not_know_never_reaches_a_port(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    before = guarded.files
    monkeypatch.setattr(postfix_edits, name, value)
    with pytest.raises(PlanError, match=r"smtpd -S.*ended with 1.*Everything was put back"):
        guarded.install()
    assert guarded.files == before
    assert "reload -- version" not in guarded.host.postfix.log_text()


def test_a_port_that_shows_no_banner_any_more_gets_it_back(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no check before the reload has seen. Postfix itself waits before it opens the port."""
    main = guarded.host.root / "etc/postfix/main.cf"
    main.write_text(main.read_text() + "service_throttle_time = 1s\n")
    guarded.host.postfix.reload()
    before = guarded.files
    monkeypatch.setattr(knock, "PATIENCE", 2.0)
    monkeypatch.setattr(postfix_edits, "CONNECT_QUESTION", BOGUS)
    monkeypatch.setattr(postfix, "_smtpd_checks", lambda *_: ())
    with pytest.raises(PlanError, match=r"does not greet any more.*Everything was put back"):
        guarded.install()
    assert guarded.files == before
    with guarded.log_in() as client:
        assert client.send_mail(ALICE, ELSEWHERE).code == 250


class Killed(BaseException):
    """Stands for SIGKILL."""


STEPS = 8
"""A folder, two files, four checks, a reload; each is noted when it begins and when it is done."""


def kill_at(monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    """End the program behind the n-th note."""
    real = Checkpoint._note
    count = 0

    def note(self: Checkpoint, entry: dict[str, object]) -> None:
        nonlocal count
        real(self, entry)
        if count == moment:
            raise Killed
        count += 1

    monkeypatch.setattr(Checkpoint, "_note", note)


@pytest.mark.parametrize("moment", range(2 * STEPS))
def test_a_kill_at_any_step_is_resumed_and_undone(
    shared: Guarded, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    before = shared.files
    with monkeypatch.context() as patch:
        kill_at(patch, moment)
        with pytest.raises(Killed):
            shared.hook.plan().apply()
    half = shared.hook.recorded()
    assert half is not None
    if moment % 2:
        assert half.resume(shared.confirm) is True
        assert shared.hook.verify() is HookState.INSTALLED
    with monkeypatch.context() as patch:
        kill_at(patch, 0)
        with pytest.raises(Killed):
            half.undo()
    assert half.undo() is True
    assert shared.files == before
    assert shared.hook.verify() is HookState.MISSING
    assert shared.host.machine.run("postfix", "check").stdout == ""


CHILD = """
import sys, time
from pathlib import Path
from core.mta.postfix import PostfixHook
from core.system.file_steps import EditFile
from core.system.host import Host
root, state, mark = map(Path, sys.argv[1:])
apply = EditFile.apply
def slowly(self, host):
    apply(self, host)
    if self.path.endswith("master.cf"):
        mark.touch()
        time.sleep(60)
EditFile.apply = slowly
PostfixHook(Host(root), "%s", state).plan().apply()
"""


@pytest.mark.lab_releases("bookworm")
@pytest.mark.parametrize("then", ["resume", "undo"])
def test_a_process_killed_between_two_files_leaves_nothing_that_cannot_be_mended(
    guarded: Guarded, tmp_path: Path, then: str
) -> None:
    before = guarded.files
    mark = tmp_path / "mark"
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD % ENDPOINT, guarded.host.root, guarded.state, mark],
        env={**os.environ, "PYTHONPATH": "."},
    )
    deadline = time.monotonic() + 30
    while not mark.exists():
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert all(now != then for now, then in zip(guarded.files, before, strict=True))
    half = guarded.hook.recorded()
    assert half is not None
    if then == "resume":
        assert half.resume(guarded.confirm) is True
        assert guarded.hook.verify() is HookState.INSTALLED
    assert half.undo() is True
    assert guarded.files == before
