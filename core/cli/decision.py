"""Decides about one client without the daemon, by the same checks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from core.cli.stores import resolved
from core.cli.terminal import printable, remark
from core.engine.blocks import Blocks
from core.engine.explain import Explanation, State, explain
from core.engine.policy import Snapshot
from core.engine.window import SendWindows
from core.errors import DataError, StoreError
from core.net.addresses import own_addresses
from core.settings.account import normalise
from core.settings.config import Config
from core.sources import seed
from core.sources.server_country import detect
from core.sources.sources import Sources
from core.store.ledger import Ledger


def decide_here(config: Config, address: str, account: str, port: int) -> Explanation:
    """The explanation that a daemon would give that has just started.

    Args:
        config: where everything is.
        address: the client's address.
        account: login name, "" before the login.
        port: the port it connects to.

    Raises:
        StoreError: the settings cannot be read.
    """
    own = own_addresses()
    with _data(config) as data:
        sources = Sources.open(data, own=own)
        try:
            snapshot = Snapshot(resolved(config), detect(data, own))
            now, wall = time.monotonic(), time.time()
            state = State(snapshot, _blocks(config, now, wall), SendWindows(), now, wall)
            name = normalise(account, snapshot.default_domain)
            return explain(sources.look(address), name, port, state)
        finally:
            sources.close()


@contextmanager
def _data(config: Config) -> Iterator[Path]:
    """The daemon's data or, where it has none yet, what Mailward comes with, for this once.

    A question must not leave files behind that the daemon's own user could not replace.
    """
    if config.data.is_dir():
        yield config.data
        return
    with TemporaryDirectory(prefix="mailward-") as place:
        try:
            seed.plant(Path(place))
        except DataError as error:
            remark(printable(str(error)))
        yield Path(place)


def _blocks(config: Config, now: float, wall: float) -> Blocks:
    """The standing blocks. A ledger that cannot be read is told; the rest is worth explaining."""
    blocks = Blocks()
    path = config.state / "ledger"
    if not path.exists():
        return blocks
    try:
        ledger = Ledger.open(path, now=wall)
    except StoreError as error:
        remark(f"Blocks are left out: {printable(str(error))}")
        return blocks
    for block in ledger.standing(wall):
        blocks.add(block, now + block.remaining(wall))
    ledger.close()
    return blocks
