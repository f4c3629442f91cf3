from __future__ import annotations

import re

import pytest

from core.errors import PlanError
from core.mta.dovecot_probe import knocks, probe
from core.mta.knock import Door
from tests.core.mta.greeters import Greeter

LOGIN = re.compile(r"mailward-probe-[0-9a-f]{16}@invalid")


def door(server: Greeter, name: str = "imap") -> Door:
    return Door(name, "127.0.0.1", server.port, proxied=server.proxied)


def heard(server: Greeter, marker: str) -> bool:
    return any(marker in line for line in server.heard)


@pytest.mark.parametrize(
    ("greeting", "line"), [("* OK ready", r'a LOGIN "(\S+)" "\S+"'), ("+OK ready", r"USER (\S+)")]
)
def test_a_login_that_cannot_exist_reaches_the_daemon(greeting: str, line: str) -> None:
    with Greeter(greeting) as server:
        probe([door(server)], lambda marker: heard(server, marker))
        logins = [match for match in map(re.compile(line).fullmatch, server.heard) if match]
        assert len(logins) == 1
        assert LOGIN.fullmatch(logins[0].group(1))


def test_a_proxied_login_comes_from_an_address_that_nobody_uses() -> None:
    with Greeter("* OK ready", proxied=True) as server:
        probe([door(server)], lambda marker: heard(server, marker))
        sources = {line.split()[2] for line in server.heard if line.startswith("PROXY")}
        assert any(source.startswith("127.") and source != "127.0.0.1" for source in sources)


def test_one_port_that_takes_the_login_is_enough() -> None:
    with Greeter("* OK ready") as plain, Greeter("* OK ready") as other:
        probe([door(plain), door(other)], lambda marker: heard(other, marker))


@pytest.mark.parametrize(("greeting", "said"), [("", "it hung up"), ("* BYE no", "BYE no")])
def test_every_port_must_greet(greeting: str, said: str) -> None:
    with (
        Greeter("* OK ready") as good,
        Greeter(greeting) as bad,
        pytest.raises(PlanError, match=f"does not greet any more: .*{said}"),
    ):
        probe([door(good), door(bad)], lambda marker: heard(good, marker))


def test_a_daemon_that_is_not_asked_is_found_out() -> None:
    with Greeter("* OK ready") as server, pytest.raises(PlanError, match="was not asked about"):
        probe([door(server)], lambda _: False, deadline=0)


def test_a_server_without_mailbox_ports_cannot_be_probed() -> None:
    with pytest.raises(PlanError, match="no IMAP or POP3 port"):
        probe([], lambda _: True)


def test_every_port_is_told_of() -> None:
    """D9: which one asked, which one greets, which one is silent."""
    with Greeter("* OK ready") as plain, Greeter("+OK ready") as other:
        doors = [door(plain, "imap"), door(other, "pop3")]
        found = knocks(doors, lambda marker: heard(other, marker))
        assert [knock.answer for knock in found] == ["cannot say", "asked"]
        assert not any(knock.problem for knock in found)
        deaf = knocks(doors, lambda _: False, deadline=0)
        assert [knock.answer for knock in deaf] == ["not asked", "not asked"]
    with Greeter("* OK ready") as plain, Greeter("* BYE no") as bad:
        found = knocks([door(plain, "imap"), door(bad, "pop3")], lambda _: True)
    assert [bool(knock.problem) for knock in found] == [False, True]
