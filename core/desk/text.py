"""Text from outside, made fit to be shown: a login name must not command a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text with everything escaped that would not show as itself."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: ``1 entry``, ``20,000 entries``.

    Args:
        count: how many.
        one: the noun for one.
        many: the noun for any other number; "" for `one` with an s.
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
