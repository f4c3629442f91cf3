"""Who is not checked: the lists of all scopes, and every change of them.

A change is worked out from the list as it is at that moment and made anew when somebody else was
faster, so that two people at once lose no entry.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from core.desk.change import Difference, differences, in_words, make, scope_of_stored
from core.desk.entry import LISTS, Entry, Place, check, read, spelled, stored
from core.errors import SettingError, StoreChanged
from core.settings.scope import Scope

if TYPE_CHECKING:
    from core.desk.desk import Desk, Told

MOST_TRIES = 100
"""Times that a change is made anew because somebody else was quicker."""


class Exemption(Struct, frozen=True):
    """One entry and where it stands.

    Attributes:
        place: the list, and the scope that it comes from.
        entry: what, why and until when.
    """

    place: Place
    entry: Entry


class Outcome(Struct, frozen=True):
    """What came of a change of lists.

    Attributes:
        changes: what was changed; empty when everything already was so.
        told: what the daemon said; None when nothing was changed.
    """

    changes: tuple[Difference, ...] = ()
    told: Told | None = None


def listed(desk: Desk, scopes: Collection[Scope] | None = None) -> list[Exemption]:
    """All entries of all lists, in the order of scopes and lists; those that are over, too.

    Args:
        desk: whose.
        scopes: only these; None for all.

    Raises:
        StoreError: the store cannot be read.
    """
    found: list[Exemption] = []
    for where, values in desk.stored().items():
        scope = scope_of_stored(where)
        if scopes is not None and scope not in scopes:
            continue
        for name in LISTS:
            place = Place(name, scope)
            found += [Exemption(place, entry) for entry in read(name, values.get(name))]
    return found


def entries(desk: Desk, place: Place) -> list[Entry]:
    """The entries of one list.

    Raises:
        StoreError: the store cannot be read.
    """
    return read(place.name, _present(desk, place))


def add(desk: Desk, place: Place, fresh: Sequence[Entry], why: str = "") -> Outcome:
    """Add entries, all or none. One that is there keeps what is not said anew of it.

    Raises:
        SettingError: one is not legal there; nothing was added.
        StoreError: nothing was added.
    """
    legal = _legal(place, fresh)

    def merged(present: list[Entry]) -> list[Entry]:
        return list(merge(place, present, legal).values())

    return _change(desk, place, merged, why)


def merge(place: Place, present: Sequence[Entry], fresh: Sequence[Entry]) -> dict[str, Entry]:
    """A list with entries added, by their one spelling; see `add`.

    Args:
        place: the list.
        present: what stands in it.
        fresh: what is added, in its one spelling.
    """
    kept = {spelled(place.name, each.entry): each for each in present}
    for each in fresh:
        old = kept.get(each.entry)
        kept[each.entry] = (
            replace(each, comment=each.comment or old.comment, expires=each.expires or old.expires)
            if old is not None
            else each
        )
    return kept


def remove(desk: Desk, place: Place, gone: Collection[str], why: str = "") -> Outcome:
    """Remove entries, all or none.

    Raises:
        SettingError: one of them is not in the list; nothing was removed.
        StoreError: nothing was removed.
    """
    names = {spelled(place.name, entry) for entry in gone}

    def left(present: list[Entry]) -> list[Entry]:
        kept = [each for each in present if spelled(place.name, each.entry) not in names]
        if len(kept) + len(names) > len(present):
            there = {spelled(place.name, each.entry) for each in present}
            _missing(place, names - there)
        return kept

    return _change(desk, place, left, why)


def edit(desk: Desk, place: Place, entry: str, new: Entry, why: str = "") -> Outcome:
    """Put another entry, comment or end in an entry's place.

    Args:
        desk: whose.
        place: the list.
        entry: the entry as it is now.
        new: all of it as it shall be; an empty comment or an end of 0 takes the old one away.
        why: kept in the audit trail.

    Raises:
        SettingError: it is not in the list, or the new one is not legal or there already.
        StoreError: nothing was changed.
    """
    name, (legal,) = spelled(place.name, entry), _legal(place, [new])

    def edited(present: list[Entry]) -> list[Entry]:
        there = [spelled(place.name, each.entry) for each in present]
        if name not in there:
            _missing(place, {name})
        if legal.entry != name and legal.entry in there:
            raise SettingError(f"{place.name}: {legal.entry} is in the list already")
        return [legal if key == name else each for key, each in zip(there, present, strict=True)]

    return _change(desk, place, edited, why)


def set_end(
    desk: Desk, place: Place, names: Collection[str], expires: float, why: str = ""
) -> Outcome:
    """Give several entries another end.

    Args:
        desk: whose.
        place: the list.
        names: the entries; one that is not in the list is passed over.
        expires: seconds since 1970, 0 for never.
        why: kept in the audit trail.

    Raises:
        SettingError: the end is not legal there; nothing was changed.
        StoreError: nothing was changed.
    """
    wanted = {spelled(place.name, name) for name in names}

    def ended(present: list[Entry]) -> list[Entry]:
        concerned = [each for each in present if spelled(place.name, each.entry) in wanted]
        _legal(place, [replace(each, expires=expires) for each in concerned])
        return [
            replace(each, expires=expires) if spelled(place.name, each.entry) in wanted else each
            for each in present
        ]

    return _change(desk, place, ended, why)


def purge(desk: Desk, places: Collection[Place] | None = None, why: str = "") -> Outcome:
    """Remove what is over.

    Args:
        desk: whose.
        places: only these lists; None for all lists of all scopes.
        why: kept in the audit trail.

    Raises:
        StoreError: nothing was removed.
    """

    def wanted() -> dict[Place, list[Entry]]:
        found: dict[Place, list[Entry]] = {}
        for each in listed(desk):
            if places is None or each.place in places:
                found.setdefault(each.place, []).append(each.entry)
        return {
            place: [each for each in present if not each.is_over()]
            for place, present in found.items()
            if any(each.is_over() for each in present)
        }

    return _until_nobody_is_faster(desk, wanted, why)


def _legal(place: Place, fresh: Sequence[Entry]) -> list[Entry]:
    try:
        return [check(place, each) for each in fresh]
    except SettingError as error:
        raise SettingError(f"{place.name}: {error}") from error


def _missing(place: Place, names: Collection[str]) -> None:
    if names:
        raise SettingError(
            f"{place.name}: {', '.join(sorted(names))} is not in the list of "
            f"{in_words(place.scope)}"
        )


def _present(desk: Desk, place: Place) -> Any:
    return desk.stored().get((place.scope.level, place.scope.name), {}).get(place.name)


def _change(
    desk: Desk, place: Place, changed: Callable[[list[Entry]], list[Entry]], why: str
) -> Outcome:
    return _until_nobody_is_faster(desk, lambda: {place: changed(entries(desk, place))}, why)


def _until_nobody_is_faster(
    desk: Desk, wanted: Callable[[], dict[Place, list[Entry]]], why: str
) -> Outcome:
    """Make a change of lists.

    Args:
        desk: whose.
        wanted: works out, from what is there at that moment, what shall be there.
        why: kept in the audit trail.
    """
    for _ in range(MOST_TRIES):
        before = desk.store.settings.revision()
        plain: dict[Scope, dict[str, Any]] = {}
        for place, kept in wanted().items():
            plain.setdefault(place.scope, {})[place.name] = [
                stored(place.name, each) for each in kept
            ] or None
        changes = differences(desk.store, plain)
        if desk.store.settings.revision() != before:
            continue
        if not changes:
            return Outcome()
        try:
            entries = make(desk.store, changes, desk.who, why)
        except StoreChanged:
            continue
        return Outcome(tuple(changes), desk.reload(entries))
    raise StoreChanged("the lists are being changed by many at once: try again")
