from __future__ import annotations

import pytest

from core.mta.exim_probe import knocks
from core.mta.knock import Door
from tests.core.mta.greeters import Greeter


def door(server: Greeter, name: str = "submission") -> Door:
    return Door(name, "127.0.0.1", server.port, proxied=server.proxied)


@pytest.mark.parametrize("proxied", [False, True])
def test_it_says_who_it_is_because_some_servers_ask_only_then(proxied: bool) -> None:
    """D9: DirectAdmin has no place before HELO (facts/directadmin.md 2)."""
    with Greeter(proxied=proxied) as server:
        (knock,) = knocks([door(server)], [], lambda marker: marker in server.clients)
        assert (knock.answer, knock.problem) == ("asked", "")
        assert [line for line in server.heard if "EHLO" in line] == ["EHLO localhost"]


def test_every_port_is_told_of() -> None:
    """D9: one that fails does not hide the others."""
    with Greeter() as good, Greeter() as deaf, Greeter("421 later") as bad, Greeter("") as mute:
        found = knocks(
            [door(good, "good"), door(deaf, "deaf"), door(bad, "bad")],
            [door(good, "other"), door(mute, "mute")],
            lambda marker: marker in good.clients,
            deadline=0,
        )
        told = [(each.port.partition(" (")[0], each.answer, each.problem) for each in found]
    assert [each[:2] for each in told] == [
        ("good", "asked"),
        ("deaf", "not asked"),
        ("bad", "cannot say"),
        ("other", "cannot say"),
        ("mute", "cannot say"),
    ]
    assert [bool(each[2]) for each in told] == [False, True, True, False, True]
    assert "may Exim's user reach it" in told[1][2]
    assert "421 later" in told[2][2]
    assert "hung up" in told[4][2]


def test_a_server_on_its_way_is_waited_for() -> None:
    """Exim closes its ports for a moment when it reads its configuration anew."""
    with Greeter() as server:
        asked = [False, True]
        (knock,) = knocks([door(server)], [], lambda _: bool(asked) and asked.pop(0), deadline=10)
        assert knock.answer == "asked"


def test_a_closed_port_is_a_problem() -> None:
    with Greeter() as server:
        closed = door(server)
    (knock,) = knocks([], [closed], lambda _: True, deadline=0)
    assert "does not greet any more" in knock.problem
