"""Changes of settings: previewed, made in one transaction, and told line by line."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from core.cli.values import MASK, shown
from core.errors import SettingError
from core.settings import fields
from core.settings.scope import Scope
from core.store.audit import StoredScope
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
    def line(self) -> str:
        """For people; secrets masked."""
        before, after = (self._shown(value) for value in (self.before, self.after))
        return f"{self.name} for {in_words(self.scope)}: {before} -> {after}"

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


def differences(store: Store, wanted: Wanted, *, replace: bool = False) -> list[Difference]:
    """What would change.

    Args:
        store: with the present values.
        wanted: the values.
        replace: everything that is not among them is taken back; secrets are kept.

    Raises:
        StoreError: the store cannot be read.
    """
    present = {
        (scope_of_stored(stored), name): value
        for stored, values in store.settings.all().items()
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


def make(store: Store, changes: list[Difference], who: str, why: str = "") -> None:
    """Make changes, all or none, with their entries in the audit trail.

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
    store.settings.change_many(values, who, time.time(), why, expected=expected)


def in_words(scope: Scope) -> str:
    """A scope as the end of a sentence."""
    return "the server" if scope.level == "server" else f"the {scope}"


def scope_of_stored(stored: StoredScope) -> Scope:
    """A scope as the store names it."""
    level, name = stored
    return Scope(level, name)  # type: ignore[arg-type]  # the store holds what scopes wrote
