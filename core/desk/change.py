"""Changes of settings: previewed, made in one transaction, told line by line, and taken back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace as replaced

from core.desk.values import MASK, shown
from core.errors import SettingError
from core.settings import fields
from core.settings.scope import Scope
from core.store.audit import AuditEntry, AuditFilter, StoredScope

if TYPE_CHECKING:
    from core.desk.desk import Desk, Told
    from core.store.store import Store

Wanted = Mapping[Scope, Mapping[str, Any]]
"""Plain values by scope and name; None for a value that is taken back."""


class Difference(Struct, frozen=True):
    """One setting that would change, or has changed.

    Attributes:
        scope, name: which.
        before, after: plain values; None where the scope does not set it.
    """

    scope: Scope
    name: str
    before: Any
    after: Any

    @property
    def before_shown(self) -> str:
        """The value before, on one line for people; secrets masked."""
        return self._shown(self.before)

    @property
    def after_shown(self) -> str:
        """The value afterwards, likewise."""
        return self._shown(self.after)

    @property
    def line(self) -> str:
        """For people; secrets masked."""
        return f"{self.name} for {in_words(self.scope)}: {self.before_shown} -> {self.after_shown}"

    def document(self) -> dict[str, Any]:
        """For programs; secrets masked."""
        secret = self.name in fields.FIELDS and fields.FIELDS[self.name].secret
        before, after = (MASK if secret and value else value for value in (self.before, self.after))
        return {
            "level": self.scope.level,
            "scope": self.scope.name,
            "name": self.name,
            "before": before,
            "after": after,
        }

    def _shown(self, value: Any) -> str:
        if value is None:
            return "not set"
        try:
            return shown(self.name, fields.check(self.name, value, self.scope.level))
        except SettingError:  # written by another version, or nonsense: still worth showing
            return repr(value)


class Checked(Struct, frozen=True):
    """What somebody wants to set, looked at.

    Attributes:
        wanted: the values that are legal, as they will be stored.
        faults: what is wrong with the others, by scope and name.
    """

    wanted: dict[Scope, dict[str, Any]]
    faults: dict[tuple[Scope, str], str]


def checked(wanted: Wanted) -> Checked:
    """Look at every value, so that all that is wrong is told at once. None is always legal."""
    good: dict[Scope, dict[str, Any]] = {}
    faults: dict[tuple[Scope, str], str] = {}
    for scope, values in wanted.items():
        kept = good.setdefault(scope, {})
        for name, value in values.items():
            try:
                if value is None:
                    fields.field(name)
                    kept[name] = None
                else:
                    kept[name] = fields.plain(fields.check(name, value, scope.level))
            except SettingError as error:
                faults[scope, name] = str(error)
    return Checked(good, faults)


def preview(desk: Desk, wanted: Wanted, *, replace: bool = False) -> list[Difference]:
    """What would change; see `differences`.

    Raises:
        SettingError: a value is not legal; the text names all that are wrong.
        StoreError: the store cannot be read.
    """
    found = checked(wanted)
    if found.faults:
        raise SettingError("; ".join(found.faults.values()))
    return _differences(desk.stored(), found.wanted, replace)


def commit(desk: Desk, changes: list[Difference], why: str = "") -> Told:
    """Make previewed changes, all or none, and tell the daemon.

    Raises:
        StoreChanged: somebody else was faster with one of them; nothing was changed.
        StoreError: nothing was changed.
    """
    return desk.reload(make(desk.store, changes, desk.who, why))


def trail(
    desk: Desk,
    wanted: AuditFilter | None = None,
    limit: int = 100,
    before_id: int | None = None,
) -> list[AuditEntry]:
    """Who changed what, newest first; see `core.store.audit.Audit.find`.

    Raises:
        StoreError: the store cannot be read.
    """
    return desk.store.audit.find(wanted, limit, before_id) if desk.has_store else []


def difference_of(entry: AuditEntry) -> Difference:
    """What an entry of the audit trail says."""
    return Difference(scope_of_stored(entry.scope), entry.name, entry.before, entry.after)


def recorded(desk: Desk, number: int) -> Difference:
    """What a change was, as the audit trail has it: who may take it back depends on that.

    Args:
        desk: whose.
        number: of the entry in the audit trail.

    Raises:
        SettingError: there is no such change.
        StoreError: the store cannot be read.
    """
    found = trail(desk, limit=1, before_id=number + 1)
    if not found or found[0].id != number:
        raise SettingError(f"there is no change number {number}")
    return difference_of(found[0])


def preview_undo(desk: Desk, number: int) -> Difference:
    """What taking a change back would do.

    Args:
        number: of the entry in the audit trail.

    Raises:
        SettingError: there is no such change, or the setting was changed since.
        StoreError: the store cannot be read.
    """
    change = recorded(desk, number)
    present = desk.stored().get((change.scope.level, change.scope.name), {}).get(change.name)
    if present != change.after:
        now = replaced(change, before=change.after, after=present)
        raise SettingError(f"change {number} was followed by another: {now.line}")
    return replaced(change, before=change.after, after=change.before)


def undo(desk: Desk, number: int, why: str = "") -> tuple[Difference, Told]:
    """Take one change back, as a change of its own, and tell the daemon.

    Raises:
        SettingError, StoreError: as `preview_undo`; nothing was changed.
    """
    undone = preview_undo(desk, number)
    entry = desk.store.settings.undo(number, desk.who, time.time(), why)
    return undone, desk.reload([entry])


def differences(store: Store, wanted: Wanted, *, replace: bool = False) -> list[Difference]:
    """What would change.

    Args:
        store: with the present values.
        wanted: the values.
        replace: everything that is not among them is taken back; secrets are kept.

    Raises:
        StoreError: the store cannot be read.
    """
    return _differences(store.settings.all(), wanted, replace)


def _differences(
    stored: Mapping[StoredScope, Mapping[str, Any]], wanted: Wanted, replace: bool
) -> list[Difference]:
    present = {
        (scope_of_stored(scope), name): value
        for scope, values in stored.items()
        for name, value in values.items()
    }
    # As the store will give them back: a tuple as a list.
    after = {
        (scope, name): msgspec.json.decode(msgspec.json.encode(value))
        for scope, values in wanted.items()
        for name, value in values.items()
    }
    if replace:
        for scope, name in present:
            known = fields.FIELDS.get(name)
            if known is None or not known.secret:
                after.setdefault((scope, name), None)
    return [
        Difference(scope, name, present.get((scope, name)), value)
        for (scope, name), value in sorted(after.items(), key=lambda item: item[0])
        if present.get((scope, name)) != value
    ]


def make(store: Store, changes: list[Difference], who: str, why: str = "") -> list[int]:
    """Make changes, all or none, with their entries in the audit trail; returns their numbers.

    Raises:
        StoreChanged: a value is no longer what the difference says; nothing was changed.
        StoreError: nothing was changed.
    """
    values: dict[StoredScope, dict[str, Any]] = {}
    expected: dict[StoredScope, dict[str, Any]] = {}
    for each in changes:
        scope = (each.scope.level, each.scope.name)
        values.setdefault(scope, {})[each.name] = each.after
        expected.setdefault(scope, {})[each.name] = each.before
    return store.settings.change_many(values, who, time.time(), why, expected=expected)


def in_words(scope: Scope) -> str:
    """A scope as the end of a sentence."""
    return "the server" if scope.level == "server" else f"the {scope}"


def scope_of_stored(stored: StoredScope) -> Scope:
    """A scope as the store names it."""
    level, name = stored
    return Scope(level, name)  # type: ignore[arg-type]  # the store holds what scopes wrote
