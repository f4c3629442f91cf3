from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import PlanError
from core.mta import postfix_config
from core.mta.knock import Door
from core.mta.postfix_probe import doors, knocks, probe
from tests.core.mta.greeters import Greeter
from tests.core.mta.machines import PostfixFolder


def door(server: Greeter, name: str = "submission") -> Door:
    return Door(name, "127.0.0.1", server.port, proxied=server.proxied)


@pytest.mark.parametrize("proxied", [False, True])
def test_a_port_about_which_the_daemon_was_asked_is_well(proxied: bool) -> None:
    """D9"""
    with Greeter(proxied=proxied) as server:
        probe([door(server)], [], lambda marker: marker in server.clients)
        assert len(server.clients) == 1


def test_a_daemon_that_is_not_asked_is_found_out() -> None:
    with Greeter() as server, pytest.raises(PlanError, match="greets, but the daemon was not"):
        probe([door(server)], [], lambda _: False, deadline=0)


def test_processes_with_old_settings_are_waited_for() -> None:
    with Greeter() as server:
        probe([door(server)], [], lambda marker: marker in server.clients[1:], deadline=10)
        assert len(server.clients) == 2


@pytest.mark.parametrize(
    ("greeting", "said"),
    [("", "it hung up"), ("421 try later", "421 try later"), ("554 no", "554 no")],
)
@pytest.mark.parametrize("guarded", [True, False])
def test_a_port_without_a_banner_is_told(greeting: str, said: str, guarded: bool) -> None:
    with Greeter(greeting) as server:
        first, second = [door(server)][:guarded], [door(server)][guarded:]
        with pytest.raises(PlanError, match=f"does not greet any more: .*{said}"):
            probe(first, second, lambda _: True)


def test_a_guarded_port_must_be_open_and_others_need_not() -> None:
    with Greeter() as server:
        closed = door(server)
    probe([], [closed], lambda _: True)
    with pytest.raises(PlanError, match="does not greet any more"):
        probe([closed], [], lambda _: True)


def test_every_port_is_told_of() -> None:
    """D9: one that fails does not hide the others."""
    with Greeter() as good, Greeter() as deaf, Greeter("421 later") as bad, Greeter() as other:
        found = knocks(
            [door(good, "good"), door(deaf, "deaf"), door(bad, "bad")],
            [door(other, "other"), door(bad, "bad too")],
            lambda marker: marker in good.clients,
            deadline=0,
        )
        told = [
            (knock.port.partition(" (")[0], knock.answer, bool(knock.problem)) for knock in found
        ]
    assert told == [
        ("good", "asked", False),
        ("deaf", "not asked", True),
        ("bad", "cannot say", True),
        ("other", "cannot say", False),
        ("bad too", "cannot say", True),
    ]


@pytest.mark.parametrize(
    ("row", "main", "wanted"),
    [
        ("587 inet n - n - - smtpd", "", Door("587", "127.0.0.1", 587)),
        (
            "[::1]:465 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes",
            "",
            Door("[::1]:465", "::1", 465, tls=True),
        ),
        (
            "192.0.2.1:submission inet n - n - - smtpd",
            "smtpd_upstream_proxy_protocol = haproxy\n",
            Door("192.0.2.1:submission", "192.0.2.1", 587, proxied=True),
        ),
        ("smtp inet n - n - - smtpd", "inet_protocols = ipv6\n", Door("smtp", "::1", 25)),
        (
            "smtp inet n - n - - smtpd",
            "inet_interfaces = 192.0.2.7, 127.0.0.1\n",
            Door("smtp", "192.0.2.7", 25),
        ),
        ("smtp inet n - n - - postscreen", "", None),
        ("smtpd pass - - n - - smtpd", "", None),
        ("nowhere inet n - n - - smtpd", "", None),
    ],
)
def test_doors_are_where_master_cf_puts_them(
    tmp_path: Path, row: str, main: str, wanted: Door | None
) -> None:
    config = postfix_config.read(PostfixFolder(tmp_path, main, f"{row}\n"))
    assert list(doors(config, config.services)) == ([wanted] if wanted else [])
