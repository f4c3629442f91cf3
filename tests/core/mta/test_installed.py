"""Which mail servers are here, and what they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.mta.exim_places import Places
from core.mta.installed import dovecot_version, exim_version, hooks, postfix_version, reachable
from core.panel import Doors
from core.words import Stage
from tests.core.system.machines import ScriptedHost

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PARAMETERS = {"mail_version": "3.7.11", "queue_directory": "/var/spool/postfix"}


def host(root: Path, *, postfix: bool = True, dovecot: bool = True) -> ScriptedHost:
    """A machine with these mail servers."""

    def postconf(command: Sequence[str]) -> tuple[int, str]:
        return (0, PARAMETERS[command[-1]] + "\n") if postfix else (127, "")

    def version(_: Sequence[str]) -> tuple[int, str]:
        return (0, "2.3.19.1 (9b53102964)\n") if dovecot else (127, "")

    return ScriptedHost(root, {"postconf": postconf, "dovecot": version})


@pytest.mark.parametrize(("here", "versions"), [(True, ("3.7.11", "2.3.19.1")), (False, ("", ""))])
def test_versions_come_from_the_servers_themselves(
    tmp_path: Path, here: bool, versions: tuple[str, str]
) -> None:
    """E8: nothing where they are not installed."""
    machine = host(tmp_path, postfix=here, dovecot=here)
    assert (postfix_version(machine), dovecot_version(machine)) == versions


def test_a_postfix_whose_place_another_has_gets_no_hook(tmp_path: Path) -> None:
    """Plesk leaves its package in place when qmail is chosen (facts/plesk.md 7.1)."""
    doors = Doors(("unix:/run/mailward/policy.sock",), "tcp:127.0.0.1:4001", "secret", "mailward")
    found = hooks(host(tmp_path), doors, tmp_path, postfix=False)
    assert [hook.name for hook in found] == ["dovecot"]


@pytest.mark.parametrize(
    ("postfix", "dovecot", "door", "names"),
    [
        (True, True, "tcp:127.0.0.1:4001", ["dovecot", "postfix"]),
        (True, True, "", ["postfix"]),
        (False, True, "tcp:127.0.0.1:4001", ["dovecot"]),
    ],
)
def test_hooks_of_what_runs_here(
    tmp_path: Path, postfix: bool, dovecot: bool, door: str, names: list[str]
) -> None:
    """Dovecot's only where its door is open."""
    doors = Doors(("unix:/run/mailward/policy.sock",), door, "secret", "mailward")
    found = hooks(host(tmp_path, postfix=postfix, dovecot=dovecot), doors, tmp_path)
    assert [hook.name for hook in found] == names


@pytest.mark.parametrize(
    ("postfix", "place", "names"),
    [(False, True, ["exim"]), (True, True, ["postfix"]), (False, False, [])],
)
def test_exim_is_asked_to_where_there_is_no_postfix(
    tmp_path: Path, postfix: bool, place: bool, names: list[str]
) -> None:
    """A server with Postfix, and one where another has its place, are as they were."""
    machine = host(tmp_path, postfix=postfix)
    machine.answers["exim"] = lambda _: (0, "Exim version 4.96 #2 built 01-Jan-2026\n")
    doors = Doors(("unix:/run/mailward/policy.sock",), "", "secret", "mailward")
    assert exim_version(machine) == "4.96"
    assert [each.name for each in hooks(machine, doors, tmp_path, postfix=place)] == names


def test_a_panel_with_exim_says_where_its_lines_go(tmp_path: Path) -> None:
    """facts/directadmin.md 2: whatever Postfix left behind is not looked at."""
    machine = host(tmp_path)
    machine.answers["exim"] = lambda _: (0, "Exim version 4.96 #2 built 01-Jan-2026\n")
    doors = Doors(("unix:/run/mailward/policy.sock",), "", "secret", "mailward")
    assert [each.name for each in hooks(machine, doors, tmp_path, place=Places(()))] == ["exim"]
    del machine.answers["exim"]
    assert hooks(machine, doors, tmp_path, place=Places(())) == []


@pytest.mark.parametrize("name", ["current", "next"])
def test_a_hook_on_record_whose_server_left_is_there_to_be_taken_back(
    tmp_path: Path, name: str
) -> None:
    """E7: qmail was chosen, or Dovecot's door was closed; also where a change was cut off."""
    for server in ("postfix", "dovecot", "exim"):
        (tmp_path / server / name).mkdir(parents=True)
    doors = Doors(("unix:/run/mailward/policy.sock",), "", "secret", "mailward")
    found = hooks(host(tmp_path), doors, tmp_path, postfix=False)
    assert {hook.name: bool(hook.stages) for hook in found} == {
        "dovecot": False,
        "postfix": False,
        "exim": False,
    }


@pytest.mark.parametrize("connect", [True, False])
def test_postfix_asks_before_the_login_where_it_may(tmp_path: Path, connect: bool) -> None:
    """E9."""
    doors = Doors(("unix:/run/mailward/policy.sock",), "", "secret", "mailward")
    (hook,) = hooks(host(tmp_path), doors, tmp_path, connect=connect)
    assert (Stage.CONNECT in hook.stages) is connect


@pytest.mark.parametrize(
    ("endpoints", "chosen"),
    [
        (("unix:/run/m/p.sock",), "unix:/run/m/p.sock"),
        (
            ("unix:/run/m/p.sock", "unix:/var/spool/postfix/mailward/p.sock"),
            "unix:/var/spool/postfix/mailward/p.sock",
        ),
        (("unix:/var/spool/postfixes/p.sock", "tcp:127.0.0.1:4000"), "tcp:127.0.0.1:4000"),
    ],
)
def test_postfix_is_told_the_endpoint_that_a_chroot_can_reach(
    tmp_path: Path, endpoints: tuple[str, ...], chosen: str
) -> None:
    """facts/mta_hooks.md 2.4: an smtpd in a chroot sees its queue directory only."""
    assert reachable(host(tmp_path), endpoints) == chosen
