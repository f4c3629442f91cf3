"""The daemon's entrance: which doors it has, which of them systemd holds open, and its metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.daemon import systemd
from core.daemon.connections import Connections
from core.daemon.control_door import ControlConnection
from core.daemon.doors import AnyDoor, Door
from core.daemon.dovecot_door import DovecotConnection
from core.daemon.policy_door import PolicyDoor
from core.daemon.verbs import Verbs
from core.daemon.wire import Reader

if TYPE_CHECKING:
    from core.daemon.daemon import Daemon


def doors(daemon: Daemon) -> list[AnyDoor]:
    """The doors that the configuration wants, closed.

    Args:
        daemon: whose guard answers, and whose peers are believed.
    """
    config, guard, trusts = daemon.config, daemon.guard, daemon.peers.trusts
    reader, key = Reader(), daemon.parts.dovecot_key()
    dovecot = Connections[DovecotConnection]()
    control = Connections[ControlConnection]()
    verbs, listeners = Verbs(daemon).table(), daemon.journal.listeners
    wanted: list[AnyDoor] = [
        *(PolicyDoor(endpoint, guard, reader, trusts) for endpoint in config.policy),
        Door(
            "dovecot",
            config.listen.dovecot,
            lambda: DovecotConnection(guard, key, dovecot, daemon.logins.append),
            dovecot,
        ),
        Door(
            "control",
            config.control,
            lambda: ControlConnection(verbs, trusts, listeners, control),
            control,
        ),
    ]
    return [door for door in wanted if door.endpoint not in ("", "off")]


async def open_all(wanted: list[AnyDoor]) -> None:
    """Open doors, on the sockets that the service manager holds where it holds them."""
    inherited = systemd.inherited_sockets()
    for door in wanted:
        waiting = inherited.get(door.kind)
        await door.open(waiting.pop(0) if waiting else None)


def open_metrics(daemon: Daemon) -> Callable[[], None] | None:
    """Answer Prometheus, where that is wanted; returns what ends it.

    A port that cannot be had is a problem of the daemon's, not its end.
    """
    endpoint = daemon.config.listen.metrics
    if endpoint in ("", "off"):
        return None
    from core.daemon import metrics  # noqa: PLC0415  2 MB that most servers have no use for

    host, _, port = endpoint.removeprefix("tcp:").rpartition(":")
    try:
        return metrics.serve(host.strip("[]"), int(port), lambda: metrics.numbers_of(daemon))
    except OSError as error:
        daemon.parts.report("metrics", f"{endpoint}: {error.strerror}")
        return None
