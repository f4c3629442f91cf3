"""Installing succeeds or says what is missing; nothing that fails hurts what came before it."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from core.desk import panel_record
from core.errors import LicenceError, PanelTooOld, PlanError
from core.panel import Bridge, Change, MailDomain, PanelInfo
from core.system import units
from tests.core.desk.mail_hook import Hook
from tests.core.desk.server import FreshHook, Registration, Server, problems
from tests.core.system.machines import tree

if TYPE_CHECKING:
    from pathlib import Path

BRIDGE = Bridge("psaadm", "/opt/psa/var/modules/mailward/bridge.secret")


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A fresh machine with Postfix and a panel's folder."""
    server = Server(tmp_path)
    (tmp_path / "opt/psa/var/modules/mailward").mkdir(parents=True)
    server.panel.hooks_here = [FreshHook()]
    server.panel.domains_here = [MailDomain("example.org", "anna", "", True)]
    server.panel.registration_here = Registration(tmp_path / "etc/menu")
    return server


def test_everything_is_installed(server: Server) -> None:
    """E12: services run, the panel is joined, its mail server asks, what it says is known."""
    assert problems(server.install(BRIDGE)) == {}
    assert server.active == set(units.ENABLED)
    hook = server.panel.hooks_here[0]
    assert isinstance(hook, Hook)
    assert "applied" in hook.change.done
    assert (server.root / "etc/menu").exists()
    assert [d.name for d in panel_record.read(server.config).domains] == ["example.org"]
    assert "seen" in server.control.asked


def test_customers_whose_processes_ask_have_a_server_of_their_own(server: Server) -> None:
    """It is started, started anew with a new version, and taken away."""
    bridge = Bridge("psaadm", customers=True)
    assert problems(server.install(bridge)) == {}
    assert server.active == {*units.ENABLED, units.CUSTOMERS}
    server.host.commands.clear()
    assert problems(server.installer(bridge).upgrade()) == {}
    assert ("systemctl", "restart", units.CUSTOMERS) in server.host.commands
    assert problems(server.uninstall()) == {}
    assert server.active == set()


def test_the_bridge_gets_the_pages_secret_and_nobody_else(server: Server) -> None:
    """E22: readable for the group as which the panel's PHP runs."""
    server.install(BRIDGE)
    shared = server.root / BRIDGE.secret.lstrip("/")
    assert shared.read_text() == (server.config.state / "web.secret").read_text()
    status = shared.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (0, 499, 0o640)


def test_what_root_made_belongs_to_the_daemon(server: Server) -> None:
    """A store or a secret that root made first would be closed to it, and one of another life."""
    server.config.state.mkdir(parents=True)
    (server.config.state / "store.sqlite").write_text("")
    os.chown(server.config.state / "store.sqlite", 64_000, 64_000)
    (server.config.state / "web.secret").write_text("0" * 64)
    server.install(BRIDGE)
    others = [each for each in server.config.state.rglob("*") if each.name != "web.secret"]
    for path in (server.config.state, *others):
        assert path.stat().st_uid == server.host.uid("mailward"), path
    secret = (server.config.state / "web.secret").stat()
    assert secret.st_uid == server.host.uid("mailward-web")


def test_links_that_the_daemon_s_user_planted_give_nothing_away(server: Server) -> None:
    """Whoever has taken the daemon over does not become root at the next upgrade."""
    server.install(BRIDGE)
    victim = server.root / "etc/shadow"
    victim.write_text("root:x:")
    (server.config.state / "store.sqlite").symlink_to(victim)
    (server.config.log / "events.log").symlink_to(victim)
    assert problems(server.installer(BRIDGE).upgrade()) == {}
    secret = server.config.state / "web.secret"
    secret.unlink()
    secret.symlink_to(victim)
    assert list(problems(server.installer(BRIDGE).upgrade())) == ["restart the services"]
    status = victim.stat()
    assert (status.st_uid, status.st_gid, victim.read_text()) == (0, 0, "root:x:")


def test_a_second_run_changes_nothing(server: Server) -> None:
    """E12."""
    server.install(BRIDGE)
    hook = server.panel.hooks_here[0]
    assert isinstance(hook, Hook)
    hook.change.pending = False
    before = tree(server.root / "etc")
    assert problems(server.install(BRIDGE)) == {}
    assert tree(server.root / "etc") == before


def test_a_server_that_cannot_be_guarded_is_left_alone(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E9: too old, or without systemd: nothing is made."""
    before = tree(server.root)

    def too_old() -> PanelInfo:
        raise PanelTooOld("this is Plesk 12.5")

    monkeypatch.setattr(server.panel, "probe", too_old)
    assert problems(server.install()) == {"look at the server": "this is Plesk 12.5"}
    monkeypatch.undo()
    (server.root / "run/systemd/system").rmdir()
    (problem,) = problems(server.install()).values()
    assert "not run by systemd" in problem
    (server.root / "run/systemd/system").mkdir()
    assert tree(server.root) == before


def test_a_licence_that_does_not_count_stops_before_anything_runs(server: Server) -> None:
    """Whoever typed it is there to type it again."""

    def refused() -> None:
        raise LicenceError("this key is for another server")

    acts = list(server.installer().install(refused))
    assert problems(acts) == {"set the licence": "this key is for another server"}
    assert server.active == set()


@pytest.mark.parametrize("how", ["unit", "answer"])
def test_a_daemon_that_does_not_come_up_leaves_the_mail_alone(server: Server, how: str) -> None:
    """A hook to a daemon that is not there would only cost time."""
    if how == "unit":
        server.broken.add("mailward.service")
    else:
        server.daemon_answers = False
    assert list(problems(server.install())) == ["start the services"]
    hook = server.panel.hooks_here[0]
    assert isinstance(hook, Hook)
    assert "applied" not in hook.change.done


def test_a_hook_that_fails_does_not_hold_up_the_others(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was put back, and says so; the rest is installed."""
    good = FreshHook("dovecot")
    server.panel.hooks_here.append(good)
    calls = server.control.call

    def not_seen(verb: str, **arguments: object) -> object:
        return {"seen": False} if verb == "seen" else calls(verb, **arguments)

    bad = server.panel.hooks_here[0]
    assert isinstance(bad, Hook)
    monkeypatch.setattr(server.control, "call", not_seen)
    monkeypatch.setattr(good, "probe", lambda _: None)
    found = problems(server.install())
    assert list(found) == ["hook postfix"]
    assert "Everything was put back" in found["hook postfix"]
    assert good.change.done == ["applied"]
    assert units.RECONCILE_TIMER in server.active


def test_an_upgrade_starts_the_new_program_and_keeps_the_rest(server: Server) -> None:
    """E12: services that run are started anew, the hooks looked at again."""
    server.install(BRIDGE)
    (server.root / "etc/systemd/system" / units.DAEMON).write_text("an older version's unit")
    server.host.commands.clear()
    assert problems(server.installer(BRIDGE).upgrade()) == {}
    restarted = [c[-1] for c in server.host.commands if c[:2] == ("systemctl", "restart")]
    assert restarted == [units.DAEMON, units.PAGES]
    unit = (server.root / "etc/systemd/system" / units.DAEMON).read_text()
    assert "ExecStart=/opt/mailward/bin/mailward serve" in unit


def test_what_would_be_done_can_be_seen_before(server: Server) -> None:
    """E12, --dry-run: every plan, and nothing is changed by looking."""
    before = tree(server.root)
    texts = [change.describe() for change in server.installer(BRIDGE).plans()]
    assert len(texts) == 3
    assert "make the user mailward" in texts[0]
    assert "ExecStart=/opt/mailward/bin/mailward serve" in texts[0]
    assert tree(server.root) == before


def test_a_hook_that_cannot_even_be_planned_does_not_hold_up_the_others(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says why; the rest is installed."""
    good = FreshHook("dovecot")
    server.panel.hooks_here.append(good)

    def impossible() -> Change:
        raise PlanError("its socket cannot be reached")

    monkeypatch.setattr(server.panel.hooks_here[0], "plan", impossible)
    assert problems(server.install()) == {"hook postfix": "its socket cannot be reached"}
    assert good.change.done == ["applied"]
