"""What somebody undid is set right, until it is plain that somebody fights us."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.desk import hook_record, panel_record
from core.desk.repair import LOOKS, ROUNDS, Repair, Repairer
from core.errors import HookHarmful, PanelBroken, PlanError
from core.panel import Bridge, HookState, MailDomain
from core.words import Stage
from tests.core.desk.mail_hook import Change, Hook
from tests.core.desk.server import FreshHook, Registration, Server

if TYPE_CHECKING:
    from pathlib import Path


class Times:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_750_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """An installed server."""
    server = Server(tmp_path)
    server.panel.hooks_here = [FreshHook()]
    server.install()
    return server


def repairer(server: Server, clock: Times | None = None) -> Repairer:
    """Somebody who looks."""
    return Repairer(server.config, server.panel, server.control, clock or Times())


def hook_of(server: Server, state: HookState | None) -> Hook:
    """The server's hook, whose configuration looks like that."""
    (hook,) = server.panel.hooks_here
    assert isinstance(hook, Hook)
    hook.state = state
    hook.change.done.clear()
    return hook


@pytest.mark.parametrize(
    ("state", "done"),
    [(HookState.INSTALLED, False), (HookState.MISSING, True), (HookState.EDITED, True)],
)
def test_a_hook_is_set_right_where_it_is_not(server: Server, state: HookState, done: bool) -> None:
    """E12: after `plesk repair mail`; what is well is left alone."""
    hook = hook_of(server, state)
    found = {repair.name: repair for repair in repairer(server).run()}
    assert found["hook postfix"] == Repair("hook postfix", done)
    assert ("applied" in hook.change.done) is done


def test_a_hook_that_nobody_ever_applied_is_not_ours_to_apply(server: Server) -> None:
    """Who installed without it wishes no hook."""
    hook = hook_of(server, HookState.MISSING)
    hook.change.on_record = False
    repairer(server).run()
    assert hook.change.done == []


def test_a_registration_that_nobody_ever_applied_is_not_ours_to_apply(tmp_path: Path) -> None:
    """E12: neither before an installation nor once an uninstall has taken it back."""
    server = Server(tmp_path)
    menu = tmp_path / "etc/menu"
    server.panel.registration_here = Registration(menu)
    assert Repair("registration") in repairer(server).run()
    assert not menu.exists()
    server.install()
    menu.unlink()
    assert Repair("registration", done=True) in repairer(server).run()
    assert menu.exists()
    server.uninstall()
    repairer(server).run()
    assert not menu.exists()


def test_what_is_taken_back_while_the_look_waits_for_its_turn_stays_away(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E12: `mailward uninstall` holds the lock, and is done when the look may go on."""
    hook = hook_of(server, HookState.MISSING)

    def waited(_: object = None) -> bool:
        hook.change.on_record = False
        return False

    monkeypatch.setattr(hook.change, "resume", waited)
    assert Repair("hook postfix") in repairer(server).run()
    assert hook.change.done == []


def test_who_fights_us_wins_after_a_few_rounds(server: Server) -> None:
    """Mail that changes its ways every minute is worse; a person is told, and can begin again."""
    clock = Times()
    hook = hook_of(server, HookState.MISSING)
    for _ in range(ROUNDS):
        clock.now += 60
        assert {r.name: r.done for r in repairer(server, clock).run()}["hook postfix"]
    hook.change.done.clear()
    (given_up,) = [r for r in repairer(server, clock).run() if r.name == "hook postfix"]
    assert "again and again" in given_up.problem
    assert hook.change.done == []
    clock.now += 3600
    assert {r.name: r.done for r in repairer(server, clock).run()}["hook postfix"]
    again = repairer(server, clock)
    again.forget_rounds()
    assert {r.name: r.done for r in again.run()}["hook postfix"]


def test_one_thing_that_fails_does_not_hide_the_others(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each says what is wrong with it."""
    hook_of(server, None)
    registration = Registration(server.root / "etc/menu")
    registration.on_record = True
    server.panel.registration_here = registration

    def broken() -> list[MailDomain]:
        raise PanelBroken("the database is away")

    monkeypatch.setattr(server.panel, "domains", broken)
    found = {repair.name: repair for repair in repairer(server).run()}
    assert found["panel"].problem == "the database is away"
    assert found["hook postfix"].problem == "main.cf cannot be read"
    assert found["registration"].done


def test_what_the_panel_says_is_written_down(server: Server) -> None:
    """For processes that may not ask it."""
    server.panel.domains_here = [MailDomain("new.example", "anna", "", False)]
    repairer(server).run()
    assert panel_record.read(server.config).domains == tuple(server.panel.domains_here)


def test_requests_are_done_by_looking(server: Server) -> None:
    """Any name, a link too; what it leads to stays."""
    folder = server.config.state / "requests"
    (folder / "reconcile").touch()
    (folder / "link").symlink_to(server.root / "etc/passwd")
    repairer(server).run()
    assert list(folder.iterdir()) == []
    assert (server.root / "etc/passwd").exists()


def test_a_change_that_the_daemon_does_not_see_is_a_problem(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was put back by its plan."""
    hook = hook_of(server, HookState.MISSING)

    def not_asked(_: object) -> None:
        raise PlanError("port 587 did not ask")

    monkeypatch.setattr(hook, "probe", not_asked)
    found = {repair.name: repair for repair in repairer(server).run()}
    assert "port 587 did not ask" in found["hook postfix"].problem
    assert not found["hook postfix"].done
    found = {repair.name: repair for repair in repairer(server).run(probe=False)}
    assert found["hook postfix"].done


@pytest.mark.parametrize("was_interrupted", [False, True])
def test_while_the_daemon_is_away_only_what_has_been_seen_to_work_is_put_back(
    server: Server, monkeypatch: pytest.MonkeyPatch, was_interrupted: bool
) -> None:
    """E7, E12: `plesk repair mail` while it is down; otherwise mail would be unguarded for the
    minutes until somebody looks again."""
    hook = hook_of(server, HookState.MISSING)
    if was_interrupted:
        monkeypatch.setattr(hook.change, "resume", hook.change.apply)
    server.daemon_answers = False
    found = {repair.name: repair for repair in repairer(server).run()}
    assert found["hook postfix"].done is not was_interrupted
    assert ("cannot be told" in found["hook postfix"].problem) is was_interrupted


def test_a_hook_that_would_do_harm_is_taken_back_and_comes_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1, E4: Exim was made strict after the installation; without us its mail goes on."""
    hook = hook_of(server, HookState.INSTALLED)

    def harmful() -> HookState:
        if hook.change.on_record:
            raise HookHarmful("strict_acl_vars is on")
        return HookState.MISSING

    def refused() -> Change:
        raise HookHarmful("still on")

    with monkeypatch.context() as patch:
        patch.setattr(hook, "verify", harmful)
        patch.setattr(hook, "plan", refused)
        (found,) = [each for each in repairer(server).run() if each.name == "hook postfix"]
        assert found == Repair("hook postfix", True, "strict_acl_vars is on")
        hook.change.on_record = False
        (found,) = [each for each in repairer(server).run() if each.name == "hook postfix"]
        assert found == Repair("hook postfix", False, "still on")
    assert hook.change.done == ["undone"]
    hook.change.left = ()
    hook.state = HookState.MISSING
    (found,) = [each for each in repairer(server).run() if each.name == "hook postfix"]
    assert found == Repair("hook postfix", True)
    assert hook.change.done[-1] == "applied"


def test_a_hook_whose_server_left_is_taken_back(server: Server) -> None:
    """E7: qmail was chosen; what Postfix's files hold of ours goes, and nobody is troubled."""
    hook = hook_of(server, HookState.INSTALLED)
    hook.stages = frozenset()
    found = {repair.name: repair for repair in repairer(server).run()}
    assert found["hook postfix"] == Repair("hook postfix", True)
    assert hook.change.done == ["undone"]
    repairer(server).forget_rounds()

    hook.stages = frozenset(Stage)
    hook.state, hook.change.on_record = HookState.MISSING, False
    found = {repair.name: repair for repair in repairer(server).run()}
    assert found["hook postfix"].done, "its server was chosen again"
    hook.change.done.clear()
    repairer(server).run()
    assert hook.change.done == [], "and now taking it away by hand counts again"


def test_the_daemon_hears_at_once_what_the_panel_says_otherwise(server: Server) -> None:
    """E3, E9: a plan that was switched, a panel that was updated; and of nothing else."""
    repairer(server).run()
    server.control.asked.clear()
    repairer(server).run()
    assert "reload" not in server.control.asked
    server.panel.domains_here = [MailDomain("example.org", "anna", "", enabled=False)]
    repairer(server).run()
    assert "reload" in server.control.asked
    server.daemon_answers = False
    server.panel.domains_here = []
    assert repairer(server).run()[0] == Repair("panel")


def test_what_root_finds_of_hooks_is_written_down(server: Server) -> None:
    """D9: the pages may not look themselves."""
    hook_of(server, HookState.INSTALLED)
    repairer(server).run()
    (seen,) = hook_record.read(server.config).seen
    assert seen.report.state == HookState.INSTALLED


@pytest.mark.parametrize(
    ("times", "looks"), [(0, 1), (1, 2), (2, 3), (99, LOOKS)], ids=["never", "1", "2", "always"]
)
def test_what_changes_while_root_looks_is_looked_at_again(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, looks: int
) -> None:
    """E12: while its service runs, systemd watches for no change; a panel may build twice."""
    built = tmp_path / "built.conf"
    server.panel.bridge_here = Bridge(group="panel", watched=(str(built),))
    seen: list[Path] = []

    def build(state: Path) -> None:
        seen.append(state)
        if len(seen) <= times:
            built.write_text("x" * len(seen))

    monkeypatch.setattr(server.panel, "registration", build)
    hook_of(server, HookState.MISSING)
    found = {repair.name: repair for repair in repairer(server).run()}
    assert len(seen) == looks
    assert found["hook postfix"].done, "what the first look set right is told"
