"""What DirectAdmin says of itself is understood, in all its ways, and its silence too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from core.errors import PanelAbsent, PanelBroken, PanelTooOld, PlanError
from core.mta import exim_config
from core.panel import Doors, Panel
from core.system.file_steps import WriteFile
from core.system.steps import Command
from core.words import Stage
from directadmin import accounts, includes, places
from directadmin.accounts import Accounts
from tests.core.system.machines import ScriptedHost
from tests.directadmin.folder import EXIM, DirectAdminFolder

if TYPE_CHECKING:
    from pathlib import Path

    from core.panel import MailDomain

DOORS = Doors(("unix:/run/mailward/policy.sock",), "tcp:127.0.0.1:4001", "secret", "mailward")


@pytest.fixture
def server(tmp_path: Path) -> DirectAdminFolder:
    """A healthy DirectAdmin."""
    return DirectAdminFolder(tmp_path / "root")


def domains(server: DirectAdminFolder) -> dict[str, MailDomain]:
    """What the panel says, by name."""
    return {domain.name: domain for domain in server.panel.domains()}


def test_a_healthy_server(server: DirectAdminFolder) -> None:
    """E8: versions by their own words, in one order."""
    server.answers["dovecot"] = lambda _: (0, "2.3.19.1 (9b53102964)\n")
    info = server.panel.probe()
    assert (info.name, info.version) == ("directadmin", "1.690")
    assert (info.mail_server, info.mail_server_version) == (
        "Exim and Dovecot",
        "4.96 and 2.3.19.1",
    )


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("DirectAdmin v.1.690 0a1b2c3\n", "1.690"),
        ("Version: DirectAdmin v.1.61.3\n", "1.61.3"),
        ("1.709\n", "1.709"),
        ("DirectAdmin 1.60\n", "1.60"),
    ],
)
def test_versions_are_found_in_every_form(
    server: DirectAdminFolder, said: str, version: str
) -> None:
    """facts/directadmin.md 6; 1.709 comes after 1.60."""
    server.version_said = (0, said)
    assert server.panel.probe().version == version


def test_an_older_command_is_asked_in_its_own_words(server: DirectAdminFolder) -> None:
    """Where `version` is unknown, `v` answers."""
    server.answers[places.PROGRAM] = lambda command: (
        (0, "Version: DirectAdmin v.1.60.4\n") if command[1] == "v" else (1, "unknown")
    )
    assert server.panel.probe().version == "1.60.4"


@pytest.mark.parametrize("said", [(1, "licence has expired"), (0, ""), (0, "no number here")])
def test_one_that_does_not_say_its_version_is_broken(
    server: DirectAdminFolder, said: tuple[int, str]
) -> None:
    """E8."""
    server.version_said = said
    with pytest.raises(PanelBroken, match="does not say its version"):
        server.panel.probe()


def test_absent_and_too_old(server: DirectAdminFolder, tmp_path: Path) -> None:
    """E8, E9."""
    with pytest.raises(PanelAbsent, match="there is no DirectAdmin here"):
        type(server.panel)(ScriptedHost(tmp_path)).probe()
    server.version_said = (0, "Version: DirectAdmin v.1.59.5")
    with pytest.raises(PanelTooOld, match=r"1\.59\.5; Mailward needs 1\.60\.0"):
        server.panel.probe()


@pytest.mark.parametrize("letter", ["\x0b", "\x85", "\u2028"])
def test_a_customer_s_words_are_no_lines(server: DirectAdminFolder, letter: str) -> None:
    """E3: a customer who may write a name into the record changes no package in it."""
    file = server.path(f"{places.USERS}/anna/user.conf")
    file.write_text(f"name=A{letter}package=other{letter}creator=admin\n{file.read_text()}")
    found = domains(server)["shop.example"]
    assert (found.plan, found.reseller) == ("gold", "rita")


@pytest.mark.proves("plans")
def test_domains_have_their_owners_and_packages(server: DirectAdminFolder) -> None:
    """E3, E6: user, reseller, package and its item, mailboxes; suspended ones and pointers too."""
    found = domains(server)
    assert {n: (d.customer, d.reseller, d.enabled, d.plan) for n, d in found.items()} == {
        "alias.example": ("anna", "rita", True, "gold"),
        "shop.example": ("anna", "rita", True, "gold"),
        "own.example": ("rita", "rita", True, ""),
        "direct.example": ("bert", "", False, "basic"),
        "xn--bcher-kva.example": ("bert", "", False, "basic"),
        "server.example": ("", "", True, ""),
    }
    assert found["shop.example"].mailboxes == (
        *("anna@shop.example", "bob@shop.example", "info@shop.example"),
    )
    assert found["alias.example"].mailboxes == ("bob@alias.example", "info@alias.example")
    assert found["direct.example"].mailboxes == ("bert@direct.example", "sales@direct.example")
    assert found["server.example"].mailboxes == ("admin@server.example",)


@pytest.mark.proves("plans")
@pytest.mark.parametrize(
    ("line", "enabled"),
    [
        ("mailward=ON", True),
        ("mailward=yes", True),
        ("mailward=1", True),
        ("mailward=checked", True),
        ("mailward=OFF", False),
        ("mailward=no", False),
        ("mailward=", False),
        ("mailwardx=OFF", True),
        ("", True),
    ],
)
@pytest.mark.proves("plans")
def test_the_package_s_item_is_read_in_all_its_forms(
    server: DirectAdminFolder, line: str, enabled: bool
) -> None:
    """E3: a package from before the item does not say, and switches nothing off."""
    server.write(f"{places.USERS}/anna/user.conf", f"usertype=user\ncreator=rita\n{line}\n")
    assert domains(server)["shop.example"].enabled is enabled


def test_a_hash_never_leaves_its_file(server: DirectAdminFolder) -> None:
    """facts/directadmin.md 4: what stands behind the first colon is nobody's business."""
    said = repr(server.panel.domains())
    assert "$6$" not in said
    assert ":x" not in said


def test_names_that_are_none_are_passed_over(server: DirectAdminFolder) -> None:
    """Damage in a file of the panel's hides no other domain, and leads to no other file."""
    server.write(
        places.OWNERS,
        "shop.example: anna\n../../etc: anna\na b.example: anna\nx.example: ../root\n: anna\n"
        "half\n\n# remark.example: anna\n",
    )
    (server.root / "etc/virtual/alias.example").unlink()
    assert set(domains(server)) == {"shop.example"}


def test_a_list_that_cannot_be_read_is_told(server: DirectAdminFolder) -> None:
    """Nobody's domains must not look like nobody having domains."""
    server.path(places.OWNERS).unlink()
    with pytest.raises(PanelBroken, match="domainowners"):
        server.panel.domains()


@pytest.mark.parametrize("how", ["link", "folder link", "folder above", "pipe", "long"])
def test_the_mail_server_s_user_cannot_hold_root_or_have_it_show_other_files(
    server: DirectAdminFolder, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E4: /etc/virtual is `mail`'s; other domains' mailboxes stay known."""
    monkeypatch.setattr(accounts, "LARGEST", 1_000)
    server.write("/etc/passwd", "secret:x:0:0::/:/bin/sh\n")
    server.write("/etc/mail/passwd", "secret:x\n")
    folder = server.path("/etc/virtual/own.example")
    (folder / "passwd").unlink()
    if how == "link":
        (folder / "passwd").symlink_to(server.path("/etc/passwd"))
    elif how == "pipe":
        os.mkfifo(folder / "passwd")
    elif how == "long":
        (folder / "passwd").write_text("secret:x\n" * 200)
    else:
        folder.rmdir()
        folder.symlink_to(server.path("/etc/mail") if how == "folder link" else "own.example/..")
    found = domains(server)
    assert not [box for box in found["own.example"].mailboxes if box.startswith("secret@")]
    assert "bob@shop.example" in found["shop.example"].mailboxes
    assert "bob@alias.example" in found["alias.example"].mailboxes


def test_a_list_of_domains_that_is_a_pipe_is_told(server: DirectAdminFolder) -> None:
    """E4"""
    server.path(places.OWNERS).unlink()
    os.mkfifo(server.path(places.OWNERS))
    with pytest.raises(PanelBroken, match="domainowners: it is no regular file"):
        server.panel.domains()


def test_many_domains_are_read_quickly_enough_to_look_often(server: DirectAdminFolder) -> None:
    """One file for each user, however many domains they have."""
    text = "".join(f"d{n}.example: anna\n" for n in range(3000))
    server.write(places.OWNERS, text)
    found = Accounts(server)
    assert len(found.domains()) == 3000
    assert set(found._known) == {"anna", "rita"}


def test_the_hooks_are_exim_s_and_dovecot_s(server: DirectAdminFolder, tmp_path: Path) -> None:
    """A1, A2: Postfix is not looked at; without a door Dovecot is left alone."""
    server.answers["dovecot"] = lambda _: (0, "2.3.19.1\n")
    server.answers["postconf"] = lambda _: (0, "3.7.11\n")
    found = server.panel.hooks(DOORS, tmp_path)
    assert [hook.name for hook in found] == ["dovecot", "exim"]
    assert found[1].stages == frozenset(Stage)
    closed = Doors(DOORS.policy, "", "secret", "mailward")
    assert [hook.name for hook in server.panel.hooks(closed, tmp_path)] == ["exim"]


def test_exim_is_told_once_everything_is_tried(server: DirectAdminFolder, tmp_path: Path) -> None:
    """facts/directadmin.md 2.3: a restart only, no build."""
    (hook,) = server.panel.hooks(Doors(DOORS.policy, "", "secret", "mailward"), tmp_path)
    plan = hook.plan()
    steps = getattr(plan, "steps")  # noqa: B009  not part of what a panel's hook must have
    commands = [step.command for step in steps if isinstance(step, Command)]
    assert commands[0] == ("exim", "-bV")
    assert commands[-1] == ("systemctl", "try-reload-or-restart", "exim")
    fragments = [step.path for step in steps if isinstance(step, WriteFile)]
    assert all(path.startswith("/etc/mailward/exim/") for path in fragments)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("daemon_smtp_ports = 25 : 587 : 465\ntls_on_connect_ports = 465\n", (465, 587)),
        ("daemon_smtp_ports = 25 : 587 : 465 : 2525\n", (465, 587)),
        ("daemon_smtp_ports = 25 : 5465\ntls_on_connect_ports = 5465\n", (465, 587, 5465)),
        ("daemon_smtp_ports = smtp : submission\n", (465, 587, 20587)),
    ],
)
def test_the_guarded_ports_are_those_of_people(
    server: DirectAdminFolder, options: str, expected: tuple[int, ...]
) -> None:
    """A1: never one at which other servers may deliver."""
    own = "daemon_smtp_ports = 25 : 587 : 465\ntls_on_connect_ports = 465\n"
    server.write("/etc/exim.conf", EXIM.replace(own, options))
    server.write("/etc/services", "smtp 25/tcp\nsubmission 20587/tcp\n")
    assert includes.ports(exim_config.read(server)) == expected


def test_include_points_are_told_with_their_acls() -> None:
    """facts/directadmin.md 2.2: comments, other sections and other files are no include points."""
    text = """\
.include_if_exists /etc/exim.variables.conf
begin acl
# .include_if_exists /etc/none.conf
acl_a:
  accept
  .include_if_exists /etc/a.conf
acl_b :
.include /etc/b.conf
  .include_if_exists /etc/a.conf
begin routers
acl_c:
  .include_if_exists /etc/c.conf
"""
    assert includes.included(text) == {"/etc/a.conf": "acl_a", "/etc/b.conf": "acl_b"}


def test_nothing_is_planned_where_a_point_is_missing(
    server: DirectAdminFolder, tmp_path: Path
) -> None:
    """facts 0.6: both missing lines in one sentence."""
    text = EXIM.replace("  .include_if_exists /etc/exim.acl_check_helo.pre.conf\n", "")
    server.write("/etc/exim.conf", text.replace("acl_not_smtp = acl_script\n", ""))
    (hook,) = server.panel.hooks(Doors(DOORS.policy, "", "secret", "mailward"), tmp_path)
    with pytest.raises(PlanError, match=r"acl_check_helo\.pre\.conf; .*acl_script\.pre\.conf"):
        hook.plan()
    with pytest.raises(PlanError):
        hook.verify()


def test_a_system_user_s_login_is_his_box_at_his_first_domain(server: DirectAdminFolder) -> None:
    """D4, facts 2.1: by DirectAdmin's own list; Exim reads no file for it, which could be one that
    it may not read, and put mails off."""
    homes = {each.login: each.name for each in domains(server).values() if each.login}
    assert homes == {
        "anna": "shop.example",
        "rita": "own.example",
        "bert": "direct.example",
        "admin": "server.example",
    }
    assert includes.find(exim_config.read(server)).login == "$authenticated_id"


def test_fulfils_the_contract(server: DirectAdminFolder) -> None:
    """core/panel, as a type checker sees it; features.md 1 names no minimum."""
    panel: Panel = server.panel
    assert panel.requirements == ()
    bridge = panel.bridge()
    assert bridge is not None
    assert (bridge.group, bridge.user, bridge.customers) == ("mailward-ui", "mailward-ui", True)
    assert places.EXIM_CONF in bridge.watched
