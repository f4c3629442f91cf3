"""Uninstalled, a machine is as it was; what cannot be taken away holds up nothing else."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import msgspec
import pytest

from core.desk import hooks
from core.panel import Bridge, MailDomain
from core.settings.config import Listen
from core.system import ban_file, units
from core.system.ban_file import Bans
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


def test_uninstalled_the_machine_is_as_it_was(server: Server) -> None:
    """E12: with --purge byte for byte; the hooks go before the services."""
    before = tree(server.root)
    server.install(BRIDGE)
    acts = server.uninstall(purge=True)
    assert problems(acts) == {}
    names = [act.name for act in acts]
    assert names.index("unhook postfix") < names.index("stop the services")
    assert server.active == set()
    assert tree(server.root) == before


def test_what_never_got_its_users_can_be_uninstalled(server: Server) -> None:
    """E12: an installation that failed at its first step leaves a program, and nothing else."""
    server.panel.registration_here = None
    before = tree(server.root)
    assert problems(server.uninstall(purge=True)) == {}
    assert tree(server.root) == before


def test_purged_a_configuration_from_before_is_gone_too(server: Server) -> None:
    """E12: one that was kept by an earlier uninstall, edited, and put aside by an upgrade since."""
    file = server.root / "etc/mailward/mailward.toml"
    server.install(BRIDGE)
    file.write_text("# edited\n")
    assert problems(server.uninstall()) == {}
    assert file.read_text() == "# edited\n"
    server.install(BRIDGE)
    file.write_text("# edited again\n")
    assert problems(server.uninstall(purge=True)) == {}
    assert not file.parent.exists()


def test_records_go_when_they_are_used_up(server: Server) -> None:
    """E12: without --purge too; what could not be taken back keeps its record for another try."""
    server.install(BRIDGE)
    records = hooks.records(server.config)
    assert records.is_dir()
    foreign = records / "exim" / "current"
    foreign.mkdir(parents=True)
    (records / "repairs.json").write_text("{}")
    (records / "ban-lock").mkdir()
    (records / "ban-lock" / "lock").write_text("7")
    assert problems(server.uninstall()) == {}
    assert [each.name for each in records.iterdir() if each.is_dir()] == ["exim"]
    foreign.rmdir()
    server.panel.registration_here = None
    assert problems(server.uninstall()) == {}
    assert not records.exists()


def test_a_second_time_leaves_nothing_behind(server: Server) -> None:
    """E12: the package's own removal runs after `uninstall --purge`."""
    server.install(BRIDGE)
    assert problems(server.uninstall(purge=True)) == {}
    server.panel.registration_here = None
    server.uninstall()
    assert not server.config.state.exists()


def test_without_purge_what_was_learnt_stays(server: Server) -> None:
    """For a later installation, which finds it."""
    server.install(BRIDGE)
    (server.config.state / "store.sqlite").write_bytes(b"a year")
    assert problems(server.uninstall()) == {}
    assert (server.config.state / "store.sqlite").read_bytes() == b"a year"
    assert problems(server.install(BRIDGE)) == {}
    assert (server.config.state / "store.sqlite").read_bytes() == b"a year"


@pytest.mark.parametrize("alone", [True, False])
def test_a_hook_whose_server_left_is_taken_away_too(server: Server, alone: bool) -> None:
    """E7: Postfix was guarded, then qmail was chosen."""
    server.install()
    gone = FreshHook("exim")
    gone.stages = frozenset()
    server.panel.hooks_here = [gone] if alone else [gone, FreshHook()]
    assert problems(server.uninstall()) == {}
    assert gone.change.done == ["undone"]


def test_a_socket_outside_the_run_directory_goes_with_its_folder(tmp_path: Path) -> None:
    """E12: the hook's way back finds the folder in use, because the daemon still listens."""
    server = Server(tmp_path)
    place = tmp_path / "var/spool/postfix/mailward/policy.sock"
    listen = Listen(dovecot="off", policy=("unix:/run/mailward/policy.sock", f"unix:{place}"))
    server.config = msgspec.structs.replace(server.config, listen=listen)
    server.panel.hooks_here = [FreshHook()]
    server.install()
    place.parent.mkdir(parents=True)
    os.chown(place.parent, server.host.uid("mailward"), 0)
    os.mknod(place, stat.S_IFSOCK | 0o660)  # as bind(2) makes it, but for any length of path
    assert problems(server.uninstall()) == {}
    assert not place.parent.exists()
    assert place.parent.parent.exists()


def test_whoever_is_banned_is_let_go_first(server: Server) -> None:
    """A18: while what bans is still here; where nobody ever was to be banned, nothing is asked."""
    server.install()
    assert "let go of everybody who is banned" not in [act.name for act in server.uninstall()]
    server.install()
    server.host.answers["nft"] = lambda _: (0, "")
    ban_file.write(server.config.state / ban_file.NAME, Bans("nftables"))
    server.host.commands.clear()
    acts = server.uninstall()
    assert problems(acts) == {}
    first = [act.name for act in acts][:3]
    assert first[:2] == ["stop looking after the system", "let go of everybody who is banned"]
    commands = [command[0] for command in server.host.commands]
    assert commands.index("nft") > commands.index("systemctl")
    assert units.BAN_PATH not in server.active


def test_a_firewall_that_fails_holds_up_nothing(server: Server) -> None:
    """It is told, and the rest is taken away."""
    server.install()
    server.host.answers["nft"] = lambda _: (1, "Operation not permitted")
    ban_file.write(server.config.state / ban_file.NAME, Bans("nftables"))
    found = problems(server.uninstall())
    assert list(found) == ["let go of everybody who is banned"]
    assert "not permitted" in found["let go of everybody who is banned"]
    assert not (server.root / "etc/menu").exists()
