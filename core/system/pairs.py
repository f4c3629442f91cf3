"""Lists of other programs': a line for each name, with its value behind a sign.

A line ends where its newline is and nowhere else. What stands in these lists comes from customers
in part, and a letter that some text libraries take for the end of a line, such as a form feed or
U+2028, must not let one of them write a line of his own.
"""

from __future__ import annotations


def lines(text: str) -> list[str]:
    """The lines of a text, without their ends."""
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


def pairs(text: str, sign: str = "=") -> dict[str, str]:
    """The values of a list by name; of two with one name the first counts.

    Args:
        text: the list; comments begin with ``#``.
        sign: what stands between name and value.
    """
    found: dict[str, str] = {}
    for line in lines(text):
        name, there, value = line.partition(sign)
        name = name.strip()
        if there and name and not name.startswith("#"):
            found.setdefault(name, value.strip())
    return found
