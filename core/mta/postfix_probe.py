"""Whether a Postfix that was changed still greets everybody, and really asks the daemon.

A mail server that fails open hides a wrong socket path or permission perfectly: the only proof is
a question that reached the daemon.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from core.errors import PlanError
from core.mta.knock import Door, Visit, port_number
from core.mta.master_cf import Service
from core.mta.postfix_config import PostfixConfig
from core.mta.postfix_connect import is_smtpd
from core.panel import Knock

DEADLINE = 15.0
"""Seconds after a reload in which idle processes with the old settings may still answer."""

ANSWER = 1.0
"""Seconds for one question to become visible to whoever `asked` asks."""

_PAUSE = 0.05


def doors(config: PostfixConfig, services: Iterable[Service]) -> Iterator[Door]:
    """Where the services can be reached on this machine; those that cannot are left out."""
    for service in services:
        address, _, name = service.name.rpartition(":")
        port = port_number(config.host, name)
        if service.type == "inet" and is_smtpd(service) and port:
            yield Door(
                service.name,
                address.strip("[]") or _own_address(config),
                port,
                tls=config.enabled("smtpd_tls_wrappermode", service),
                proxied=bool(config.value("smtpd_upstream_proxy_protocol", service)),
            )


def _own_address(config: PostfixConfig) -> str:
    interfaces = config.value("inet_interfaces").replace(",", " ").split()
    first = interfaces[0] if interfaces else "all"
    if first in {"all", "loopback-only", "localhost"}:
        return "::1" if config.value("inet_protocols").strip() == "ipv6" else "127.0.0.1"
    return first.strip("[]")


def probe(
    guarded: Iterable[Door],
    others: Iterable[Door],
    asked: Callable[[str], bool],
    deadline: float | None = None,
) -> None:
    """Knock at every door, up to the first that has a problem; see `knocks`.

    Raises:
        PlanError: a door does not greet, or the daemon was not asked.
    """
    for knock in knocks(guarded, others, asked, deadline):
        if knock.problem:
            raise PlanError(knock.problem)


def knocks(
    guarded: Iterable[Door],
    others: Iterable[Door],
    asked: Callable[[str], bool],
    deadline: float | None = None,
) -> Iterator[Knock]:
    """Knock at every door.

    Args:
        guarded: doors whose connections the daemon must be asked about.
        others: doors that must still greet; one that is not open on this address never did.
        asked: whether the daemon has seen a request with this client port.
        deadline: seconds until the guarded doors must have asked; None for `DEADLINE`.

    Raises:
        PlanError: whoever is `asked` cannot say.
    """
    deadline = DEADLINE if deadline is None else deadline
    until = time.monotonic() + deadline
    for door in guarded:
        yield _knock(door, asked, until, deadline)
    for door in others:
        try:
            _greet(door)
        except ConnectionRefusedError:
            continue
        except OSError as error:
            yield Knock(str(door), "cannot say", f"{door} does not greet any more: {error}")
        else:
            yield Knock(str(door), "cannot say")


def _knock(door: Door, asked: Callable[[str], bool], until: float, deadline: float) -> Knock:
    try:
        while not _asks(door, asked):
            if time.monotonic() > until:
                return Knock(
                    str(door),
                    "not asked",
                    f"{door} greets, but the daemon was not asked about the connection within "
                    f"{deadline:g} seconds: is it listening where Postfix looks for it?",
                )
    except OSError as error:
        return Knock(str(door), "cannot say", f"{door} does not greet any more: {error}")
    return Knock(str(door), "asked")


def _asks(door: Door, asked: Callable[[str], bool]) -> bool:
    marker = _greet(door)
    until = time.monotonic() + ANSWER
    while not asked(marker):
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE)
    return True


def _greet(door: Door) -> str:
    """Hear a greeting and leave; returns the client port, by which the daemon knows the visit."""
    with Visit(door) as visit:
        if not visit.greeting.startswith("220"):
            raise OSError(f"it said {visit.greeting!r}" if visit.greeting else "it hung up")
        visit.say("QUIT")
        return str(visit.source_port)
