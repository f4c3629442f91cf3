"""What stands in a field of a log line, made safe: names as text, addresses that are addresses.

Names in logs are what strangers typed. They come out printable and of bounded length, and are not
normalised.
"""

from __future__ import annotations

import re

LONGEST_NAME = 320
"""Letters of a name that are kept: 64 before the @, 255 behind (RFC 5321 4.5.3.1)."""

LONGEST_LINE = 16_384
"""Octets of a line; longer ones are no mail server's (syslog takes 8,192) and not read."""

LONGEST_TEXT = 200
"""Letters of a server's answer that are kept."""

ADDRESS = rb"(?:IPv6:)?[0-9A-Fa-f:.]{2,45}(?:%[\w.-]{1,15})?"
"""Matches an address as mail servers write it, with whatever zone."""

_MAPPED = "::ffff:"


def name(raw: bytes) -> str:
    """An account or recipient as somebody typed it."""
    return text(raw, LONGEST_NAME)


def text(raw: bytes, longest: int = LONGEST_TEXT) -> str:
    """Printable text of bounded length."""
    plain = raw[: longest * 4].decode("utf-8", "replace")[:longest]
    if plain.isprintable():
        return plain
    return "".join(letter if letter.isprintable() else "?" for letter in plain)


_AN_ADDRESS = re.compile(ADDRESS).fullmatch


def address(raw: bytes) -> str:
    """A client's address without ``IPv6:`` and zone, IPv4 as such; "" for any other text."""
    if _AN_ADDRESS(raw) is None:
        return ""
    plain = raw.decode("ascii")
    plain = plain.removeprefix("IPv6:")
    plain = plain.partition("%")[0]
    if plain[:7].lower() == _MAPPED:
        inner = plain[7:].lstrip(":")  # some write one colon too many
        if inner.count(".") == 3:
            return inner
    return plain
