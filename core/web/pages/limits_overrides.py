"""Domains and mailboxes with send limits of their own."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from core.settings.fields import FIELDS
from core.settings.scope import Resolved, Scope
from core.web.settings_form_words import words

NAMES: Final = tuple(name for name, known in FIELDS.items() if known.group == "send")


class Override(Struct, frozen=True):
    """One scope with limits of its own.

    Attributes:
        scope: which.
        values: setting's title (English, marked for translation) and value in words.
        counts: whether they count: not while the domain's rules are switched off.
    """

    scope: Scope
    values: tuple[tuple[str, str], ...]
    counts: bool


def overrides(rules: Resolved, asked: str) -> list[Scope]:
    """Scopes with limits of their own, by domain, each domain before its mailboxes.

    Args:
        rules: all settings.
        asked: part of a name; "" for all.
    """
    found = [
        scope
        for scope, values in rules.overrides.items()
        if scope.level != "server"
        and asked.lower() in scope.name
        and any(name in values for name in NAMES)
    ]
    return sorted(found, key=_order)


def _order(scope: Scope) -> tuple[str, str]:
    user, at, domain = scope.name.rpartition("@")
    return (domain, user) if at else (scope.name, "")


def described(rules: Resolved, scope: Scope) -> Override:
    """One scope with its limits in words."""
    own = rules.overrides[scope]
    values = tuple((FIELDS[name].title, words(name, own[name])) for name in NAMES if name in own)
    return Override(scope, values, rules.counts(scope))
