"""A signal as it is kept: what made an account look stolen, and what was done about it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Action = Literal["noted", "informed", "blocked"]
"""What was done: nobody was told, people were told, the account was blocked too."""

Closed = Literal["owner", "handled", "password"]
"""As what a signal was closed: it was the owner, it was seen to, the password was changed."""


class NotedSignal(Struct, frozen=True, kw_only=True):
    """A signal, and what was done about it. Account, kind and `at` name it.

    Attributes:
        at, last: from when to when it was seen, seconds since 1970.
        account: normalised login name.
        kind: a code of `core.words.SignalKind`, kept as text so that a row written by another
            version can be read.
        evidence: what was seen, one line.
        countries: those in it that the account was not known from.
        action: what was done.
        told: when people were told last, None when nobody was.
    """

    at: float
    last: float
    account: str
    kind: str
    evidence: str
    countries: tuple[str, ...] = ()
    action: Action = "noted"
    told: float | None = None
