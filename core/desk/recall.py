"""What the judge knows at a start: what the store has kept, and what it must never judge.

The daemon begins with it, and whoever answers in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from core.engine.judging.entry import Entry
from core.engine.judging.judge import Judge
from core.engine.judging.shield import Shield
from core.engine.policy import Snapshot
from core.net.addresses import own_addresses
from core.net.prefixes import Prefix
from core.settings.entry import ExemptAddress
from core.sources.facts import AddressFacts
from core.store.attacker import Attacker

if TYPE_CHECKING:
    from core.store.store import Store

DAY: Final = 86_400

OFFENCE_DAYS: Final = 90
"""Days after its end that an attacker's refusal makes the next one longer."""


def protected(snapshot: Snapshot, look: Callable[[str], AddressFacts], wall: float) -> Shield:
    """The server's own addresses, and whatever anybody has exempted from anything.

    Args:
        snapshot: the settings.
        look: what is known about an address.
        wall: seconds since 1970.
    """
    systems: set[int] = set()
    around: set[int] = set()
    prefixes = [Prefix.parse(address) for address in own_addresses()]
    for entry in _exempt(snapshot):
        if entry.expires and entry.expires <= wall:
            continue
        if entry.entry[:2].upper() == "AS":
            systems.add(int(entry.entry[2:]))
            continue
        prefixes.append(Prefix.parse(entry.entry))
        around.add(look(entry.entry.partition("/")[0]).asn)
    return Shield(prefixes, systems, around)


def _exempt(snapshot: Snapshot) -> Iterable[ExemptAddress]:
    resolved = snapshot.resolved
    yield from resolved.server.exempt.addresses
    for settings in (*resolved.domains.values(), *resolved.mailboxes.values()):
        if settings.exempt is not resolved.server.exempt:
            yield from settings.exempt.addresses


def recall_homes(judge: Judge, store: Store, days: int, wall: float) -> None:
    """Let a judge know who is at home where.

    Args:
        judge: whose knowledge it becomes.
        store: what has kept it.
        days: of how many days.
        wall: seconds since 1970.

    Raises:
        StoreError: the store cannot be read.
    """
    judge.learn(store.good_pairs.all(int(wall // DAY) - days))


def recall_attackers(judge: Judge, store: Store, wall: float) -> int:
    """Let a judge know who attacked and still stands, and who did so lately.

    Args:
        judge: whose knowledge it becomes.
        store: what has kept it.
        wall: seconds since 1970.

    Returns:
        The greatest `Attacker.id` of them, 0 for none.

    Raises:
        StoreError: the store cannot be read; the judge has learned nothing.
    """
    past = store.attackers.ended_since(wall - OFFENCE_DAYS * DAY, wall)
    standing = store.attackers.standing(wall)
    judge.restore(map(entry_of, (*past, *standing)), wall)
    return max((each.id for each in (*past, *standing)), default=0)


def entry_of(kept: Attacker) -> Entry:
    """An attacker as the judge knows it."""
    return Entry(kept.place, kept.kind, kept.since, kept.until, kept.times, kept.evidence)


def kept_of(entry: Entry) -> Attacker:
    """An attacker as the store keeps it."""
    return Attacker(
        place=entry.place,
        kind=entry.kind,
        since=entry.since,
        until=entry.until,
        times=entry.times,
        evidence=entry.evidence,
    )
