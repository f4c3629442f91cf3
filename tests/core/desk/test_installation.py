"""The machine is made ready, stays so, and is as it was afterwards."""

from __future__ import annotations

import os
import stat
import tomllib
from typing import TYPE_CHECKING

import msgspec
import pytest

from core.desk import installation
from core.panel import Bridge
from core.settings.config import Config
from core.system import units
from core.system.account_steps import MakeUser
from tests.core.desk.office import Panel
from tests.core.desk.server import Server
from tests.core.system.machines import Killed, Killer, tree

if TYPE_CHECKING:
    from pathlib import Path

BRIDGE = Bridge("psaadm", "/opt/psa/var/bridge.secret", ("/etc/psa/psa.conf",))


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A fresh machine."""
    return Server(tmp_path)


def test_everything_that_is_needed_is_made(server: Server) -> None:
    """E12: users, folders with their owners, the file, the units, the command."""
    plan = installation.plan(server.site(BRIDGE), server.host)
    assert plan.apply()
    uid = server.host.uid("mailward")
    state = server.config.state.stat()
    assert (state.st_uid, stat.S_IMODE(state.st_mode)) == (uid, 0o2770)
    assert str((server.root / "usr/local/bin/mailward").readlink()) == "/opt/mailward/bin/mailward"
    made = {path.name for path in (server.root / "etc/systemd/system").iterdir()}
    assert made == set(units.units(installation.surroundings(server.site(BRIDGE))))
    watched = (server.root / "etc/systemd/system" / units.RECONCILE_PATH).read_text()
    assert "PathChanged=/etc/psa/psa.conf" in watched
    assert not plan.apply()


def test_the_file_that_is_written_can_be_read(server: Server) -> None:
    """As the daemon reads it; the pages' socket is where the bridge's group may enter."""
    config = msgspec.convert(tomllib.loads(installation.configuration(server.site())), Config)
    assert config.state == server.config.state
    assert config.web == "unix:/run/mailward-web/web.sock"
    assert len(config.policy) == 2


def test_a_first_look_already_sees_what_the_file_will_say(server: Server) -> None:
    """E12: the hooks of the same run need the socket that smtpd reaches from its chroot."""
    panel = Panel()
    command = ("/opt/mailward/bin/mailward",)
    exim = installation.site_of(Config(), panel, command, server.host)
    assert exim.config.policy == ("unix:/run/mailward/policy.sock",), "there is no Postfix"
    (server.root / "var/spool/postfix").mkdir(parents=True)
    site = installation.site_of(Config(), panel, ("/opt/mailward/bin/mailward",), server.host)
    assert site.config.policy[1] == "unix:/var/spool/postfix/mailward/policy.sock"
    (server.root / "etc/mailward").mkdir()
    (server.root / "etc/mailward/mailward.toml").touch()
    said = installation.site_of(Config(), panel, ("mailward",), server.host)
    assert said.config == Config(), "what an administrator has written counts"
    other = server.config
    assert installation.site_of(other, panel, ("mailward",), server.host).config == other


@pytest.mark.parametrize(
    ("there", "joined"),
    [([], ()), (["adm"], ("adm",)), (["systemd-journal", "adm"], ("adm", "systemd-journal"))],
)
def test_the_daemon_may_read_logs(
    server: Server, there: list[str], joined: tuple[str, ...]
) -> None:
    """A9: by those groups that the machine has."""
    with (server.root / "etc/group").open("a") as file:
        file.writelines(f"{name}:x:4:\n" for name in there)
    steps = installation.plan(server.site(), server.host).steps
    users = [step for step in steps if isinstance(step, MakeUser)]
    assert [(each.user, each.groups) for each in users] == [
        ("mailward", joined),
        ("mailward-web", ("mailward",)),
    ]


def test_a_bridge_without_a_user_of_the_panel_s_gets_one(server: Server) -> None:
    """facts/directadmin.md 0.2: an account that runs pages and nothing else; it goes with us."""
    before = tree(server.root)
    bridge = Bridge("mailward-ui", user="mailward-ui")
    plan = installation.plan(server.site(bridge), server.host)
    users = [step.user for step in plan.steps if isinstance(step, MakeUser)]
    assert users == ["mailward", "mailward-web", "mailward-ui"]
    plan.apply()
    assert server.host.uid("mailward-ui") > 0
    plan.undo()
    assert {k: v for k, v in tree(server.root).items() if "mailward-undo" not in k} == before


def test_the_daemon_joins_the_groups_that_read_logs_here(server: Server) -> None:
    """A group that does not exist would keep its unit from starting."""
    with (server.root / "etc/group").open("a") as file:
        file.write("adm:x:4:\n")
    site = installation.site_of(server.config, Panel(), ("mailward",), server.host)
    assert site.readers == ("adm",)
    assert installation.surroundings(site).readers == ("adm",)


@pytest.mark.parametrize(("mode", "joined"), [(0o640, ("adm", "mail")), (0o600, ("adm",))])
def test_the_daemon_joins_the_group_that_reads_exim_s_log(
    server: Server, mode: int, joined: tuple[str, ...]
) -> None:
    """facts/mta_hooks.md 4.3: panels' Exims write as `mail`."""
    with (server.root / "etc/group").open("a") as file:
        file.write(f"adm:x:4:\nmail:x:{os.getegid()}:\nexim:x:77:\n")
    log = server.root / "var/log/exim/mainlog"
    log.parent.mkdir(parents=True)
    log.touch()
    log.chmod(mode)
    site = installation.site_of(server.config, Panel(), ("mailward",), server.host)
    assert site.readers == joined


def test_the_administrator_s_file_stays(server: Server) -> None:
    """E12: an upgrade never overwrites it, and uninstalling leaves what he wrote."""
    installation.plan(server.site(), server.host).apply()
    file = server.root / "etc/mailward/mailward.toml"
    file.write_text("# mine\n")
    assert not installation.plan(server.site(), server.host).apply()
    recorded = installation.recorded(server.config, server.host)
    assert recorded is not None
    recorded.undo()
    assert file.read_text() == "# mine\n"


def test_undone_the_machine_is_as_it_was(server: Server) -> None:
    """E12: byte for byte."""
    before = tree(server.root)
    installation.plan(server.site(BRIDGE), server.host).apply()
    assert installation.is_installed(server.config)
    recorded = installation.recorded(server.config, server.host)
    assert recorded is not None
    assert recorded.undo()
    after = {k: v for k, v in tree(server.root).items() if "mailward-undo" not in k}
    assert after == before
    assert not installation.is_installed(server.config)


@pytest.mark.parametrize("way", ["resume", "undo"])
def test_cut_off_at_any_step_it_goes_on_or_goes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """E12: a machine that loses power while it is made ready is not lost."""
    killer = Killer(monkeypatch)
    steps, step = 0, 0
    while True:
        step += 7
        server = Server(tmp_path / str(step))
        before = tree(server.root)
        killer.arm(step)
        try:
            installation.plan(server.site(), server.host).apply()
        except Killed:
            steps += 1
        else:
            break
        finally:
            killer.arm(None)
        plan = installation.plan(server.site(), server.host)
        if way == "resume":
            if not plan.resume():
                plan.apply()
            assert not installation.plan(server.site(), server.host).pending
        else:
            recorded = installation.recorded(server.config, server.host)
            if recorded is not None:
                recorded.undo()
            left = {k: v for k, v in tree(server.root).items() if "mailward-undo" not in k}
            assert left == before
    assert steps > 10
