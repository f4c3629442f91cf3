from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from core.errors import HookHarmful, PlanError
from core.mta.exim import CHECKED_ACCOUNT, EximHook
from core.mta.exim_config import EximConfig
from core.mta.exim_places import Place, Places
from core.panel import HookState
from core.system.blocks import MarkedBlock
from core.system.file_steps import EditFile
from core.system.steps import Command
from core.words import Stage
from tests.core.mta.exim_machine import PANEL, EximFolder
from tests.core.system.machines import tree

ENDPOINT = "unix:/run/mailward/policy.sock"

PLACES = Places(
    (
        Place("helo", "/etc/exim.helo.pre.conf"),
        Place("rcpt", "/etc/exim.rcpt.pre.conf"),
        Place("data", "/etc/exim.data.pre.conf"),
        Place("not_smtp", "/etc/exim.script.pre.conf"),
    ),
    reload=(Command(("systemctl", "restart", "exim")),),
)


class Server:
    """An Exim and the hook for it."""

    def __init__(self, folder: Path, host: EximFolder, place: Places | None) -> None:
        self.host = host
        self.place = place
        self.state = folder / "state"

    def hook(self, *, connect: bool = True) -> EximHook:
        return EximHook(self.host, ENDPOINT, self.state, place=self.place, connect=connect)

    def undo(self) -> tuple[str, ...]:
        plan = self.hook().recorded()
        assert plan is not None
        assert plan.undo() is True
        return plan.left


@pytest.fixture(params=["plain", "panel"])
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Server:
    if request.param == "plain":
        return Server(tmp_path, EximFolder(tmp_path / "root"), None)
    return panel_server(tmp_path)


@pytest.fixture
def panel(tmp_path: Path) -> Server:
    return panel_server(tmp_path)


def panel_server(folder: Path) -> Server:
    host = EximFolder(folder / "root", PANEL)
    host.write("/etc/exim.rcpt.pre.conf", "# somebody else's\nwarn\n  set acl_m_x = 1")
    return Server(folder, host, PLACES)


def test_the_hook_comes_and_goes_byte_for_byte(server: Server) -> None:
    """E15"""
    before = tree(server.host.root)
    assert server.hook().verify() is HookState.MISSING
    assert server.hook().plan().apply() is True
    assert server.hook().verify() is HookState.INSTALLED
    assert server.hook().plan().apply() is False
    assert server.undo() == ()
    assert tree(server.host.root) == before
    assert server.hook().verify() is HookState.MISSING


def test_a_panel_may_look_before_it_says_where_the_lines_go(panel: Server) -> None:
    """facts/directadmin.md 0.6; and what is in place is taken back whatever it would say now."""

    def look(config: EximConfig) -> Places:
        if "somebody else's" not in config.host.path("/etc/exim.rcpt.pre.conf").read_text():
            raise PlanError("there is no such place")
        return PLACES

    before = tree(panel.host.root)
    hook = EximHook(panel.host, ENDPOINT, panel.state, place=look)
    assert hook.plan().apply() is True
    assert hook.verify() is HookState.INSTALLED
    text = panel.host.read("/etc/exim.rcpt.pre.conf")
    panel.host.write("/etc/exim.rcpt.pre.conf", text.replace("somebody else's", "gone"))
    with pytest.raises(PlanError, match="there is no such place"):
        hook.plan()
    panel.host.write("/etc/exim.rcpt.pre.conf", text)
    recorded = hook.recorded()
    assert recorded is not None
    assert recorded.undo() is True
    assert tree(panel.host.root) == before


def test_showing_the_plan_changes_nothing(server: Server) -> None:
    before = tree(server.host.root)
    text = server.hook().plan().describe()
    assert "+  .include_if_exists /etc/mailward/exim/data.conf" in text
    assert "+  set acl_m_mailward_data = asked ${readsocket{/run/mailward/policy.sock}" in text
    assert tree(server.host.root) == before


def test_everything_is_tried_before_exim_is_told(panel: Server) -> None:
    """Its syntax, its expansions, and a mail of somebody who has logged in."""
    steps = panel.hook().plan().steps
    commands = [step for step in steps if isinstance(step, Command)]
    assert [(step.command[1], step.check) for step in commands] == [
        ("-bV", True),
        ("-be", True),
        ("-oMi", True),
        ("restart", False),
    ]
    rehearsal = commands[2]
    assert rehearsal.command[-2:] == ("-bh", "127.99.88.77.40000")
    assert CHECKED_ACCOUNT in rehearsal.command
    assert "MAIL FROM:<>\r\n" in rehearsal.text
    assert steps.index(commands[0]) > max(
        steps.index(step) for step in steps if isinstance(step, EditFile)
    )


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("-bV", "Exim configuration error in line 9"),
        ("-be", "Failed: unknown variable"),
        ("-bh", '451 Temporary local problem\nLOG: error in ACL: invalid "condition" value'),
    ],
)
def test_what_exim_does_not_follow_is_put_back(server: Server, option: str, said: str) -> None:
    """-bV fails by its exit code, the others say it and end with 0."""
    before = tree(server.host.root)
    plan = server.hook().plan()
    real = server.host.answers["exim"]
    server.host.answers["exim"] = lambda command: (
        (int(option == "-bV"), said) if option in command else real(command)
    )
    with pytest.raises(PlanError, match=r"Everything was put back"):
        plan.apply()
    assert tree(server.host.root) == before
    assert ("systemctl", "restart", "exim") not in server.host.commands


def test_a_long_expansion_is_typed_in_pieces(panel: Server) -> None:
    """`exim -be` cuts a line after 1023 octets (tried on 4.94, 4.96 and 4.98)."""
    login = f"${{lookup{{$authenticated_id}}lsearch{{/etc/{'a b' * 700}}}}}"
    panel.place = replace(PLACES, login=login)
    commands = [step for step in panel.hook().plan().steps if isinstance(step, Command)]
    lines = commands[1].text.splitlines()
    assert max(map(len, lines)) < 1023
    assert commands[1].text.replace("\\\n", "").count(login) == 3
    for line, following in pairwise(lines):
        if line.endswith("\\"):
            assert not line[-2].isspace()
            assert not following[0].isspace()


def test_other_peoples_lines_in_a_shared_file_stay(panel: Server) -> None:
    """E14"""
    panel.hook().plan().apply()
    path = "/etc/exim.rcpt.pre.conf"
    text = panel.host.read(path)
    assert text.endswith("# somebody else's\nwarn\n  set acl_m_x = 1")
    panel.host.write(path, text + "\ndeny senders = x@y.test\n")
    assert panel.hook().verify() is HookState.INSTALLED
    assert panel.undo() == ()
    assert panel.host.read(path) == (
        "# somebody else's\nwarn\n  set acl_m_x = 1\ndeny senders = x@y.test\n"
    )


@pytest.mark.parametrize(
    "path", ["/etc/exim.data.pre.conf", "/etc/mailward/exim/data.conf", "/etc/exim.conf"]
)
def test_what_somebody_took_away_is_seen_and_put_back(panel: Server, path: str) -> None:
    """E4: an include file emptied, a fragment removed, an include that the panel left out."""
    panel.hook().plan().apply()
    kept = panel.host.read(path)
    panel.host.write(path, kept.replace(".include_if_exists /etc/exim.data", "#"))
    if path != "/etc/exim.conf":
        panel.host.path(path).unlink()
    assert panel.hook().verify() is HookState.EDITED
    if path == "/etc/exim.conf":
        panel.host.write(path, kept)
    else:
        assert panel.hook().plan().apply() is True
    assert panel.hook().verify() is HookState.INSTALLED


def test_without_the_question_before_the_login(server: Server) -> None:
    server.hook().plan().apply()
    hook = server.hook(connect=False)
    assert hook.stages == {Stage.AUTH, Stage.SEND}
    assert hook.verify() is HookState.EDITED
    assert hook.plan().apply() is True
    assert hook.verify() is HookState.INSTALLED
    assert "readsocket" not in server.host.read("/etc/mailward/exim/connect.conf")
    assert server.undo() == ()


def test_a_place_that_is_given_up_gets_its_file_back(panel: Server) -> None:
    before = panel.host.read("/etc/exim.rcpt.pre.conf")
    panel.hook().plan().apply()
    panel.place = replace(PLACES, places=(PLACES.places[0], *PLACES.places[2:]))
    assert panel.hook().plan().apply() is True
    assert panel.host.read("/etc/exim.rcpt.pre.conf") == before
    assert panel.hook().verify() is HookState.INSTALLED


def test_a_panels_own_steps_come_before_its_build(panel: Server) -> None:
    """cPanel switches its include files in a file of its own (facts/cpanel.md 3.4)."""
    switch = EditFile("/etc/exim.conf.localopts", (MarkedBlock("exim", "acl_custom=1"),))
    panel.place = replace(PLACES, more=(switch,), build=(Command(("build",)),))
    steps = panel.hook().plan().steps
    assert steps.index(switch) < steps.index(Command(("build",))) < len(steps) - 3
    panel.hook().plan().apply()
    assert panel.hook().verify() is HookState.INSTALLED
    panel.host.write("/etc/exim.conf.localopts", "")
    assert panel.hook().verify() is HookState.EDITED
    assert panel.hook().plan().apply() is True


def test_a_macro_that_would_change_our_text_stops_it(panel: Server) -> None:
    """Exim replaces the name wherever it stands: here in the name of our folder."""
    panel.place = replace(PLACES, folder="/etc/Mailward/exim")
    panel.host.write("/etc/exim.conf", "Mail = x\n" + PANEL)
    with pytest.raises(PlanError, match="a macro `Mail`, a name that stands in"):
        panel.hook().plan()


def test_strict_variables_and_a_place_that_comes_again_do_not_go_together(panel: Server) -> None:
    panel.host.write("/etc/exim.conf", "strict_acl_vars\n" + PANEL)
    with pytest.raises(HookHarmful, match="strict_acl_vars"):
        panel.hook().plan()
    assert panel.hook().verify() is HookState.MISSING


@pytest.mark.parametrize("changed", ["strict_acl_vars\n", "ward = x\n".upper()])
def test_what_would_do_harm_is_seen_also_once_we_are_in(panel: Server, changed: str) -> None:
    """C1: somebody turns the option on, or makes a macro, after the installation."""
    panel.place = replace(PLACES, folder="/etc/mailWARD/exim")
    before = tree(panel.host.root)
    panel.hook().plan().apply()
    kept = panel.host.read("/etc/exim.conf")
    panel.host.write("/etc/exim.conf", changed + kept)
    with pytest.raises(HookHarmful):
        panel.hook().verify()
    panel.host.write("/etc/exim.conf", kept)
    assert panel.hook().verify() is HookState.INSTALLED
    panel.host.write("/etc/exim.conf", changed + kept)
    assert panel.undo() == ()
    assert panel.hook().verify() is HookState.MISSING
    panel.host.write("/etc/exim.conf", PANEL)
    assert tree(panel.host.root) == before


def test_a_file_without_the_line_is_named(tmp_path: Path) -> None:
    host = EximFolder(tmp_path / "root")
    place = Places((Place("data", "/etc/exim.conf", "acl_gone"),))
    with pytest.raises(PlanError, match=r"/etc/exim\.conf: the line `acl_gone:` is there 0 times"):
        EximHook(host, ENDPOINT, tmp_path / "state", place=place).plan()


def test_users_who_are_spared_are_known_by_number(panel: Server) -> None:
    panel.host.write("/etc/passwd", "apache:x:48:48::/:/bin/false\n")
    panel.place = replace(PLACES, spared=("apache", "nobody-here"))
    panel.hook().plan().apply()
    assert "0 : $exim_uid : 48}" in panel.host.read("/etc/mailward/exim/not_smtp.conf")


def test_an_endpoint_that_exim_cannot_be_told(tmp_path: Path) -> None:
    hook = EximHook(EximFolder(tmp_path), "/run/x", tmp_path / "state")
    with pytest.raises(PlanError, match="unix:PATH"):
        hook.plan()
