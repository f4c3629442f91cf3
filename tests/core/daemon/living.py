"""A daemon inside the test's own event loop, in directories of the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from core.daemon.daemon import Daemon
from core.daemon.teller import Announce
from core.errors import PanelBroken
from core.licence.requirements import PUBLISHED
from core.panel import PanelInfo, Requirement
from core.settings.config import Config, Listen, Logs, Paths
from core.store.store import Store
from tests.core.daemon.rig import TIMEOUT
from tests.databases import write_asn, write_country

COUNTRIES = {"203.0.113.0/24": "RU", "198.51.100.0/24": "DE"}
SYSTEMS = {"233.252.0.0/24": (64500, "Example")}
"""Whose addresses no test uses: the others belong to no system, as in the database that comes
along, which takes longer to unpack than most tests do."""


def config_in(directory: Path, **listen: Any) -> Config:
    """A configuration on directories of its own, without a Dovecot door."""
    place = Paths(state=f"{directory}/s", run=f"{directory}/r", log=f"{directory}/l")
    listening = Listen(**{"dovecot": "off"} | listen)
    return Config(paths=place, listen=listening, logs=Logs(follow=()))


def configure(config: Config, server: Mapping[str, Any]) -> None:
    """Set settings of the server in the store."""
    config.state.mkdir(parents=True, exist_ok=True)
    with closing(Store.open(config.store_url)) as store:
        store.settings.change(("server", ""), server, "a test", 1.0)


class APanel:
    """A panel as the daemon asks it: what it is.

    Args:
        name: one of those that there are.
        version: what its probe finds; "" for one that does not answer.
    """

    def __init__(self, name: str = "standalone", version: str = "1.0") -> None:
        self.name = name
        self.requirements: Sequence[Requirement] = PUBLISHED[name]
        self.version = version

    def probe(self) -> PanelInfo:
        """Found, or broken."""
        if not self.version:
            raise PanelBroken("it does not answer")
        return PanelInfo(self.name, self.version, "", "Postfix", "3.7.11")

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the daemon must not ask the panel for {name}")


@asynccontextmanager
async def living(
    config: Config, announce: Announce = lambda *_: None, panel: Any = None
) -> AsyncIterator[Daemon]:
    """Run a daemon for as long as the block takes."""
    write_country(config.data / "country.mmdb", COUNTRIES)
    if not (config.data / "asn.mmdb").exists():
        write_asn(config.data / "asn.mmdb", SYSTEMS)
    daemon = Daemon(config, panel or APanel(), announce)
    task = asyncio.get_running_loop().create_task(daemon.run())
    while not (daemon.doors and daemon.doors[-1].is_open):
        assert not task.done(), task.exception()
        await asyncio.sleep(0.01)
    try:
        yield daemon
    finally:
        daemon._ending.set()
        await task


def run(session: Callable[[], Awaitable[None]]) -> None:
    """Run a session that must not hang."""

    async def bounded() -> None:
        await asyncio.wait_for(session(), 3 * TIMEOUT)

    asyncio.run(bounded())


async def settle(daemon: Daemon) -> None:
    """Wait until everything that was handed to the writer is written."""
    while daemon.writer.waiting:
        await asyncio.sleep(0.01)
