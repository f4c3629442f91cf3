"""A whole daemon inside the test's own event loop, on a directory of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from core.daemon.daemon import Daemon
from core.daemon.teller import Announce
from core.settings.config import Config, Listen, Paths
from core.settings.model import Settings
from core.store.block import Block
from core.store.store import Store
from tests.core.daemon.rig import TIMEOUT
from tests.databases import write_country

Life = Callable[[Daemon], Awaitable[None]]


def nobody(_: Block, __: Settings) -> None:
    """Tells nobody."""


def config_in(directory: Path, **listen: Any) -> Config:
    """A configuration with short paths, where 203.0.113.0/24 is in Russia."""
    paths = Paths(state=f"{directory}/s", run=f"{directory}/r", log=f"{directory}/l")
    config = Config(paths=paths, listen=Listen(dovecot="off", **listen))
    if not (config.data / "country.mmdb").exists():
        config.data.mkdir(parents=True)
        write_country(config.data / "country.mmdb", {"203.0.113.0/24": "RU"})
        write_country(config.data / "asn.mmdb", {"203.0.113.0/24": "RU"})
    return config


def settle(config: Config, **values: Any) -> None:
    """Set values of the server; ``send_limit`` stands for send.limit."""
    store = Store.open(config.store_url)
    try:
        named = {name.replace("_", ".", 1): value for name, value in values.items()}
        store.settings.change(("server", ""), named, "a test", 1.0)
    finally:
        store.close()


def live(config: Config, life: Life, announce: Announce = nobody) -> None:
    """Start a daemon, let the test live with it, and end it."""

    async def span() -> None:
        daemon = Daemon(config, announce)
        task = asyncio.get_running_loop().create_task(daemon.run())
        while not (daemon.doors and all(door.is_open or door.problem for door in daemon.doors)):
            await asyncio.sleep(0.001)
            if task.done():
                break
        try:
            if not task.done():
                await life(daemon)
        finally:
            daemon._ending.set()
            await task

    asyncio.run(asyncio.wait_for(span(), 6 * TIMEOUT))


async def ask(endpoint: str, request: bytes, until: bytes) -> bytes:
    """One question on one connection."""
    reader, writer = await asyncio.open_unix_connection(endpoint.removeprefix("unix:"))
    writer.write(request)
    answer = await reader.readuntil(until)
    writer.close()
    await writer.wait_closed()
    return answer


async def control(config: Config, **request: Any) -> Any:
    """One request on the control socket; its result."""
    answer = await ask(config.control, msgspec.json.encode(request) + b"\n", b"\n")
    document = msgspec.json.decode(answer)
    assert document["ok"], document
    return document["result"]
