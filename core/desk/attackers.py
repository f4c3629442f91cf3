"""Those who guessed passwords here: who is refused now, what is known of an address, a way out.

The daemon knows. Without it the store tells what stood last, and takes a release, which counts when
the daemon starts.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from core.engine.judging.place import places, read, text
from core.engine.judging.scores import Tally
from core.errors import DaemonUnreachable, SettingError, StoreError
from core.net.addresses import is_local, parse
from core.sources.facts import AddressFacts
from core.store.attacker import Attacker
from core.words import N_

if TYPE_CHECKING:
    from core.control import Control
    from core.desk.desk import Desk
    from core.store.good_pair import GoodPair

AWAY: Final = N_("The daemon is not running: nobody is refused now. These attackers are on record.")
RELEASED_ON_RECORD: Final = N_(
    "The daemon is not running; it will let them pass when it starts again."
)

PAIRS_AT_ONCE: Final = 5000
"""Good pairs in one request to the daemon: half a megabyte."""


class Standing(Struct, frozen=True, kw_only=True):
    """An attacker that stands now.

    Attributes:
        place, kind, since, until, times, evidence: see `core.store.attacker.Attacker`.
        mode: "refuse", "watch" or "off", "" where nobody knows because the daemon is away.
    """

    place: str
    kind: str
    since: float
    until: float
    times: int
    evidence: str
    mode: str = ""


class Attackers(Struct, frozen=True):
    """Who is refused or watched now.

    Attributes:
        attackers: the newest first.
        count: how many there are in all.
        from_daemon: whether it was the daemon who said so.
        notes: what else there is to know, for people.
    """

    attackers: tuple[Standing, ...]
    count: int
    from_daemon: bool = True
    notes: tuple[str, ...] = ()


class Suspect(Struct, frozen=True):
    """What is known of one address.

    Attributes:
        address: canonical text.
        standing: attackers that it is, or is in, the narrowest first.
        tally: what weighs against it so far; None when nothing does, or nobody knows.
        residents: how many accounts are at home there, about.
        local: it is near, and never an attacker.
        past: refusals before, and of its network, the newest first.
        from_daemon: whether the daemon said so; without it `tally` and `residents` are not known.
    """

    address: str
    standing: tuple[Standing, ...]
    tally: Tally | None
    residents: int
    local: bool
    past: tuple[Attacker, ...]
    from_daemon: bool = True


class Release(Struct, frozen=True):
    """What came of letting somebody go.

    Attributes:
        place: as it was given.
        released: the attackers that stand no longer.
        around: attackers that still stand and cover it.
        notes: what else there is to know, for people.
    """

    place: str
    released: tuple[str, ...]
    around: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def standing(desk: Desk, limit: int = 1000) -> Attackers:
    """Who is refused or watched now, by whoever knows best.

    Raises:
        ControlError: the daemon refused to say.
        StoreError: the daemon is down, and the store cannot be read.
    """
    try:
        return by_daemon(desk.control, limit)
    except DaemonUnreachable:
        found = desk.store.attackers.standing(time.time()) if desk.has_store else []
        shown = tuple(map(_standing, found[:limit]))
        return Attackers(shown, len(found), False, (AWAY,))


def by_daemon(control: Control, limit: int = 1000) -> Attackers:
    """Who is refused or watched now, as the daemon says.

    Raises:
        DaemonUnreachable: it does not run.
        ControlError: it refused to say.
    """
    answer = control.call("attackers", limit=limit)
    found = msgspec.convert(answer["attackers"], tuple[Standing, ...])
    return Attackers(found, int(answer["count"]))


def show(desk: Desk, address: str) -> Suspect:
    """What is known of one address.

    Raises:
        SettingError: that is no address.
        ControlError: the daemon refused to say.
        StoreError: the store cannot be read.
    """
    parsed = parse(address)
    if parsed is None:
        raise SettingError(f"{address!r} is no IP address")
    around = _around(parsed.version, parsed.value)
    past = tuple(desk.store.attackers.history(around)) if desk.has_store else ()
    try:
        answer = desk.control.call("attacker", address=parsed.text)
    except DaemonUnreachable:
        now = time.time()
        stand = [each for each in past if each.until > now and each.released_at is None]
        found = tuple(map(_standing, stand))
        return Suspect(parsed.text, found, None, 0, is_local(parsed), past, False)
    return Suspect(
        parsed.text,
        msgspec.convert(answer["standing"], tuple[Standing, ...]),
        msgspec.convert(answer["tally"], Tally | None),
        int(answer["residents"]),
        bool(answer["local"]),
        past,
    )


def _around(version: int, value: int) -> list[str]:
    """The places that an address lies in, without its system."""
    where = places(AddressFacts("", version, value))
    return [text(where.address), text(where.network)] if where is not None else []


def release(desk: Desk, place: str, why: str = "") -> Release:
    """Let an attacker pass, with all that stand inside it, and forget what it did.

    Args:
        desk: whose.
        place: an address, a /24 or /48, or a system (``AS64500``).
        why: for the history.

    Raises:
        SettingError: that is none of these.
        ControlError: the daemon refused.
        StoreError: the daemon is down, and the store cannot be written.
    """
    try:
        number = read(place)
    except ValueError as error:
        raise SettingError(str(error)) from error
    name = text(number)
    try:
        answer = desk.control.call("forgive", place=name, by=desk.who, why=why)
    except DaemonUnreachable:
        done = _release_on_record(desk, name, why)
        return Release(name, done, _still_around(desk, name, done), (RELEASED_ON_RECORD,))
    done = tuple(map(str, answer["released"]))
    _note_released(desk, done, why)
    return Release(name, done, _still_around(desk, name, done))


def _note_released(desk: Desk, done: Sequence[str], why: str) -> None:
    """Have the history say at once what the daemon writes within a second: people look now."""
    if not done or not desk.has_store:
        return
    with suppress(StoreError):  # the daemon goes on trying
        desk.store.attackers.released(done, time.time(), desk.who, why)


def _release_on_record(desk: Desk, name: str, why: str) -> tuple[str, ...]:
    if not desk.has_store:
        return ()
    now = time.time()
    found = [each.place for each in desk.store.attackers.standing(now) if each.place == name]
    desk.store.attackers.released([name], now, desk.who, why)
    return tuple(found)


def _still_around(desk: Desk, name: str, done: Sequence[str]) -> tuple[str, ...]:
    """What still covers an address whose release was asked for."""
    address = parse(name.partition("/")[0])
    if address is None:
        return ()
    found = show(desk, address.text).standing
    return tuple(each.place for each in found if each.place not in done and each.place != name)


def history(desk: Desk, since: float, limit: int = 100) -> list[Attacker]:
    """Past and present attackers, newest first.

    Raises:
        StoreError: the store cannot be read.
    """
    return desk.store.attackers.history(None, since, limit) if desk.has_store else []


def ending(attacker: Attacker, now: float) -> str:
    """How a refusal ended, in words: ``released``, ``ran out`` or ``stands``."""
    if attacker.released_at is not None:
        return "released"
    return "ran out" if attacker.until <= now else "stands"


def learn(desk: Desk, pairs: Sequence[GoodPair]) -> int:
    """Remember who is at home where, as old logs tell; returns how many pairs were taken.

    Raises:
        ControlError: the daemon refused.
        StoreError: the daemon is down, and the store cannot be written.
    """
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        chunk = pairs[start : start + PAIRS_AT_ONCE]
        try:
            desk.control.call("learn_pairs", pairs=msgspec.to_builtins(chunk))
        except DaemonUnreachable:
            desk.store.good_pairs.learn(chunk)
    return len(pairs)


def _standing(kept: Attacker) -> Standing:
    known: dict[str, Any] = {
        name: getattr(kept, name) for name in Standing.__struct_fields__ if name != "mode"
    }
    return Standing(**known)
