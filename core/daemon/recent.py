"""Keys that were seen lately, to recognise what is asked again; nothing of what they mean."""

from __future__ import annotations

from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """The keys seen last, at most as many as it may hold and, once it was full, at least half.

    Each half is forgotten as a whole: to look for the oldest key of a dictionary would take longer
    than a decision.
    """

    __slots__ = ("_half", "_new", "_old")

    def __init__(self, size: int) -> None:
        self._half = size // 2
        self._new: dict[int, Value | None] = {}
        self._old: dict[int, Value | None] = {}

    def get(self, key: int) -> Value | None:
        """What was remembered for the key."""
        return self._new.get(key) or self._old.get(key)

    def __contains__(self, key: int) -> bool:
        """Whether the key is remembered."""
        return key in self._new or key in self._old

    def add(self, key: int, value: Value | None = None) -> bool:
        """Remember a key; False when it was there already."""
        if key in self._new or key in self._old:
            return False
        if len(self._new) >= self._half:
            self._old, self._new = self._new, {}
        self._new[key] = value
        return True
