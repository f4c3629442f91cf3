"""What a validator complains of, in the words of whoever typed the value."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import msgspec


class Complaint(NamedTuple):
    """What is wrong, and where.

    Attributes:
        text: what is wrong, so that it can stand behind a name and a colon.
        place: where in the value it is, "" for all of it: ``entry 2, comment``, ``paths.state``.
    """

    text: str
    place: str

    def __str__(self) -> str:
        return f"{self.text} ({self.place})" if self.place else self.text


_KINDS: Final = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "text",
    "array": "a list",
    "object": "a group of keys with values",
    "null": "nothing",
}

_PATTERNS: Final = {
    "^[A-Z]{2}$": "must be a two-letter country code such as DE",
    "^([A-Z]{2}|auto)$": "must be a country code or auto",
    r"^$|^[^@\\s]+@[^@\\s]+$": "must be a mail address",
    "^[0-9]*$": "must be digits",
}
"""Patterns that settings have, as the validator quotes them."""


def complaint(error: msgspec.DecodeError) -> Complaint:
    """What a person is told instead of the validator's words.

    Args:
        error: from decoding or converting a value.
    """
    text, _, place = str(error).partition(" - at ")
    return Complaint(_text(text), _place(place.strip("`").removeprefix("$")))


def _text(said: str) -> str:
    for pattern, ours in _RULES:
        found = re.fullmatch(pattern, said)
        if found is not None:
            return ours(found)
    return said


def _kind(found: re.Match[str]) -> str:
    wanted = " or ".join(_KINDS.get(each.strip(), each.strip()) for each in found[1].split("|"))
    return f"must be {wanted}, not {_KINDS.get(found[2], found[2])}"


def _length(found: re.Match[str]) -> str:
    if found[1] == "<=":
        return f"must be at most {found[2]} characters long"
    return "must not be empty" if found[2] == "1" else f"must have {found[2]} characters or more"


def _bound(found: re.Match[str]) -> str:
    words = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
    return f"must be {words[found[1]]} {found[2].removesuffix('.0')}"


def _pattern(found: re.Match[str]) -> str:
    return _PATTERNS.get(found[1], "has letters that are not permitted there")


_RULES: Final = (
    (r"Expected `(?:int|float)` (>=|<=|>|<) (\S+)", _bound),
    (r"Expected `str` of length (>=|<=) (\d+)", _length),
    (r"Expected `str` matching regex '(.*)'", _pattern),
    (r"Expected `(.*)`, got `(.*)`", _kind),
    (r"Object contains unknown field `(.*)`", lambda found: f"there is no key {found[1]!r}"),
    (r"Object missing required field `(.*)`", lambda found: f"the key {found[1]!r} is missing"),
    (r"Invalid enum value (.*)", lambda found: f"{found[1]} is none of the possible values"),
    (r"Input data was truncated", lambda _: "it ends in the middle"),
    (r"JSON is malformed: .* \(byte (\d+)\)", lambda found: f"it is no JSON from byte {found[1]}"),
)


def _place(path: str) -> str:
    """``[1].comment`` as people count: ``entry 2, comment``."""
    parts = re.findall(r"\[(\d+)\]|\[\.\.\.\]|\.?([^.\[\]]+)", path)
    words = [f"entry {int(index) + 1}" if index else key for index, key in parts if index or key]
    if any(index for index, _ in parts):
        return ", ".join(words)
    return ".".join(words)
