"""Settings as a person sees them in one scope: the value that counts, and where it comes from."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from core.desk.values import document, shown
from core.settings.fields import FIELDS, Field
from core.settings.model import Settings
from core.settings.scope import Resolved, Scope


class SeenSetting(Struct, frozen=True):
    """One setting in one scope.

    Attributes:
        field: what it is, with its help and limits.
        scope: where it is looked at.
        value: what counts there, typed.
        origin: the scope that this value comes from, None for the default.
    """

    field: Field
    scope: Scope
    value: Any
    origin: Scope | None

    @property
    def is_own(self) -> bool:
        """Whether the scope sets it itself."""
        return self.origin == self.scope

    @property
    def shown(self) -> str:
        """The value on one line for people; secrets masked."""
        return shown(self.field.name, self.value)

    @property
    def document(self) -> Any:
        """The value as plain JSON types; secrets masked."""
        return document(self.field.name, self.value)

    @property
    def origin_in_words(self) -> str:
        """``default``, ``server``, ``domain example.test`` ..."""
        return "default" if self.origin is None else str(self.origin)


def seen(rules: Resolved, scope: Scope, name: str) -> SeenSetting:
    """One setting in a scope.

    Args:
        rules: all settings.
        scope: where.
        name: public name, one of `core.settings.fields.FIELDS`.
    """
    return SeenSetting(
        FIELDS[name], scope, value_of(rules.of(scope), name), rules.origin(name, scope)
    )


def all_seen(rules: Resolved, scope: Scope) -> list[SeenSetting]:
    """Every setting that may be set in a scope or counts there, in the order of the model."""
    return [seen(rules, scope, name) for name in FIELDS]


def value_of(settings: Settings, name: str) -> Any:
    """One setting's value, by its public name."""
    group, _, field = name.partition(".")
    return getattr(getattr(settings, group), field)
