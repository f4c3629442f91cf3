"""Settings as people read them: one line each, secrets masked."""

from __future__ import annotations

import time
from typing import Any

from core.desk.moment import local
from core.desk.text import printable
from core.settings.entry import CountryPass, ExemptAccount, ExemptAddress
from core.settings.fields import FIELDS, plain

MASK = "********"
"""Stands for a secret that is set."""


def shown(name: str, value: object) -> str:
    """A setting's typed value on one line.

    Args:
        name: public name.
        value: typed, as `core.settings.fields.check` gives it; None for a value that is not set.
    """
    if value is None:
        return "not set"
    if FIELDS[name].secret and value:
        return MASK
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_entry(each) for each in value) or "none"
    return printable(str(value)) if value != "" else "empty"


def document(name: str, value: object) -> Any:
    """The same for programs: plain JSON types, secrets masked."""
    if FIELDS[name].secret and value:
        return MASK
    return plain(value)


def _entry(entry: object) -> str:
    if not isinstance(entry, (ExemptAddress, ExemptAccount, CountryPass)):
        return printable(str(entry))
    what = entry.country if isinstance(entry, CountryPass) else entry.entry
    notes = [entry.comment] if entry.comment else []
    if entry.expires:
        verb = "until" if entry.expires > time.time() else "expired"
        notes.append(f"{verb} {local(entry.expires)}")
    return printable(f"{what} ({'; '.join(notes)})" if notes else what)
