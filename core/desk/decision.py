"""Why somebody is refused or not: the daemon's answer, or the same decision made without it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct

from core.desk.recall import protected, recall_attackers, recall_homes
from core.desk.text import printable
from core.engine.blocks import Blocks
from core.engine.explain import Explanation, State, explain
from core.engine.judging.judge import Judge
from core.engine.policy import NOTHING_OFF, Snapshot
from core.engine.window import SendWindows
from core.errors import ControlError, DaemonUnreachable, DataError, SettingError, StoreError
from core.licence.feature import Feature
from core.licence.situation import situation
from core.net.addresses import own_addresses, parse
from core.settings.config import Config
from core.settings.scope import Resolved
from core.sources import seed
from core.sources.facts import AddressFacts
from core.sources.server_country import detect
from core.sources.sources import Sources
from core.store.ledger import Ledger
from core.words import N_, Verdict

if TYPE_CHECKING:
    from core.control import Control
    from core.desk.desk import Desk
    from core.store.store import Store

AWAY: Final = N_(
    "The daemon is not running: nothing is refused now. This is what it would do, send windows "
    "left out."
)


class Decided(Struct, frozen=True):
    """An explanation, and who gave it.

    Attributes:
        explanation: the whole path.
        by: the daemon, or this process from what is on the disk.
        notes: what was left out, for people.
    """

    explanation: Explanation
    by: Literal["daemon", "this command"]
    notes: tuple[str, ...] = ()


def decided(desk: Desk, address: str, account: str = "", port: int = 587) -> Decided:
    """What happens to a client, and why: asked of the daemon; worked out here when it is down.

    Args:
        desk: whose.
        address: the client's address.
        account: login name, "" before the login.
        port: the port it connects to.

    Raises:
        SettingError: the address is none.
        ControlError: the daemon refused to say.
        StoreError: the daemon is down, and the settings cannot be read either.
    """
    try:
        return by_daemon(desk.control, address, account, port)
    except DaemonUnreachable:
        off = situation(desk.config.state, desk.panel, time.time()).gate.off()
        store = desk.store if desk.has_store else None
        return decide_here(desk.config, desk.rules().resolved, address, account, port, off, store)


def by_daemon(control: Control, address: str, account: str, port: int) -> Decided:
    """The daemon's answer; see `decided`.

    Raises:
        SettingError: the address is none.
        DaemonUnreachable: it does not run.
        ControlError: it refused to say.
    """
    if parse(address) is None:
        raise SettingError(f"{address!r} is no IP address")
    answer = control.call("explain", address=address, account=account, port=port)
    return Decided(msgspec.convert(answer, Explanation), "daemon")


def decide_here(
    config: Config,
    rules: Resolved,
    address: str,
    account: str,
    port: int,
    off: Mapping[Feature, str] = NOTHING_OFF,
    store: Store | None = None,
) -> Decided:
    """The explanation that a daemon would give that has just started.

    Args:
        config: where everything is.
        rules: all settings.
        address: the client's address.
        account: login name, "" before the login.
        port: the port it connects to.
        off: features that are off, and why.
        store: remembers attackers, and who is at home where; None for nobody.
    """
    own = own_addresses()
    notes = [AWAY]
    with _data(config, notes) as data:
        sources = Sources.open(data, own=own)
        try:
            snapshot = Snapshot(rules, detect(sources, own), off)
            now, wall = time.monotonic(), time.time()
            blocks = _blocks(config, now, wall, notes)
            state = State(snapshot, blocks, SendWindows(), now, wall)
            facts = sources.look(address)
            if store is not None:
                state.judge = _judge(store, state, facts, sources.look, notes)
            name = snapshot.account(account)
            found = explain(facts, name, port, state)
        finally:
            sources.close()
    return Decided(found, "this command", tuple(notes))


def facts_of(desk: Desk, address: str) -> AddressFacts:
    """What is known of an address: asked of the daemon, which has it at hand, if it answers."""
    try:
        return by_daemon(desk.control, address, "", _IMAPS).explanation.facts
    except ControlError:
        return facts_here(desk.config, address)


def facts_here(config: Config, address: str) -> AddressFacts:
    """What the data on the disk knows of an address."""
    with _data(config, []) as data:
        sources = Sources.open(data, own=own_addresses())
        try:
            return sources.look(address)
        finally:
            sources.close()


@contextmanager
def refuser(config: Config, rules: Resolved) -> Iterator[Callable[[str], bool]]:
    """Tells of addresses whether the server refuses them before the password.

    For `core.desk.shadow.shadows`, which then names only what is really refused.

    Args:
        config: where the data is.
        rules: all settings.
    """
    own = own_addresses()
    with _data(config, []) as data:
        sources = Sources.open(data, own=own)
        try:
            snapshot = Snapshot(rules, detect(sources, own))
            state = State(snapshot, Blocks(), SendWindows(), time.monotonic(), time.time())

            def refuses(address: str) -> bool:
                found = explain(sources.look(address), "", _IMAPS, state)
                return found.verdict is not Verdict.ALLOW

            yield refuses
        finally:
            sources.close()


_IMAPS: Final = 993
"""A port at which nobody gets past the check before the password unasked."""


@contextmanager
def _data(config: Config, notes: list[str]) -> Iterator[Path]:
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
            notes.append(printable(str(error)))
        yield Path(place)


def _blocks(config: Config, now: float, wall: float, notes: list[str]) -> Blocks:
    """The standing blocks. A ledger that cannot be read is told; the rest is worth explaining."""
    blocks = Blocks()
    path = config.state / "ledger"
    if not path.exists():
        return blocks
    try:
        ledger = Ledger.open(path, now=wall)
    except StoreError as error:
        notes.append(f"Blocks are left out: {printable(str(error))}")
        return blocks
    for block in ledger.standing(wall):
        blocks.add(block, now + block.remaining(wall))
    ledger.close()
    return blocks


def _judge(
    store: Store,
    state: State,
    facts: AddressFacts,
    look: Callable[[str], AddressFacts],
    notes: list[str],
) -> Judge | None:
    """The judge of a daemon that has just started, as far as it concerns one address.

    Who is at home where spares people from attackers; where none stands, nobody asks.
    """
    judge, rules = Judge(), state.snapshot.resolved.server.attack
    judge.configure(rules, protected(state.snapshot, look, state.wall))
    try:
        recall_attackers(judge, store, state.wall)
        if judge.knows(facts):
            recall_homes(judge, store, rules.remember_days, state.wall)
    except StoreError as error:
        notes.append(f"Attackers are left out: {printable(str(error))}")
        return None
    return judge
