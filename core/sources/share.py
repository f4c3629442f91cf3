"""What own servers tell each other about attackers: a small signed document of hashes.

Nobody can read out of it who attacks or who was attacked, unless he has the secret that the servers
share; so it may lie wherever a web server hands out files. Addresses are hashed with their length
in front, so an address and the network around it are different entries.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from msgspec import Struct

from core.errors import DataError
from core.net.prefixes import BITS, Prefix
from core.sources.facts import AddressFacts
from core.sources.feeds.feed import read_json

VERSION: Final = 1
LENGTHS: Final = {4: (32, 24), 6: (64, 48)}
"""Of which networks hashes are made: single addresses (of IPv6 a /64), and the network around."""

MOST: Final = 100_000
"""Entries of one server that are told and taken: some 20 MB."""

OLDEST: Final = 2 * 86_400.0
"""Seconds after which a document is not believed any more: its server tells nothing new."""

FUTURE: Final = 900.0
"""Seconds by which clocks may differ."""

LONGEST: Final = 31 * 86_400.0
"""Seconds for which an entry of another server is believed at most."""

_HASH_BYTES: Final = 16


class Attacker(Struct, frozen=True):
    """One attacker, as it is told.

    Attributes:
        prefix: an address, or a network of one of the `LENGTHS`.
        until: when it ends, seconds since 1970.
        kind: ``address`` or ``network``.
    """

    prefix: Prefix
    until: float
    kind: str


class _Entry(Struct, frozen=True, array_like=True):
    hash: str
    until: float
    kind: str


class _Body(Struct, frozen=True):
    version: int
    made: float
    entries: list[_Entry]


class _Document(Struct, frozen=True):
    body: str
    signature: str


class Told(Struct, frozen=True):
    """What another server told.

    Attributes:
        made: when, seconds since 1970.
        entries: hash -> until when it ends (seconds since 1970), and its kind.
    """

    made: float
    entries: dict[bytes, tuple[float, str]]


class Secret:
    """The keys that are made of the secret: one for each purpose, so none can stand for another.

    Args:
        secret: as it is set.
    """

    __slots__ = ("_hashing", "_signing", "token")

    def __init__(self, secret: str) -> None:
        self._hashing = _derive(secret, "hash")
        self._signing = _derive(secret, "sign")
        self.token = _derive(secret, "fetch").hex()

    def hash(self, prefix: Prefix) -> bytes:
        """The hash by which a network is known."""
        text = f"{prefix.version}/{prefix.length}/{prefix.value:x}".encode()
        return hmac.digest(self._hashing, text, "sha256")[:_HASH_BYTES]

    def hashes(self, facts: AddressFacts) -> list[tuple[Prefix, bytes]]:
        """The networks that an address may be told by, the narrowest first, with their hashes."""
        found = []
        for length in LENGTHS.get(facts.version, ()):
            bits = BITS[facts.version] - length
            prefix = Prefix(facts.version, facts.value >> bits << bits, length)
            found.append((prefix, self.hash(prefix)))
        return found

    def write(self, attackers: Iterable[Attacker], now: float) -> bytes:
        """Make the document.

        Args:
            attackers: those that stand; what has ended, and networks of other sizes, are left out.
            now: seconds since 1970.
        """
        told = [each for each in attackers if each.until > now and _can_be_told(each.prefix)]
        told.sort(key=lambda each: each.until, reverse=True)
        entries = [
            _Entry(_text(self.hash(each.prefix)), round(each.until), each.kind)
            for each in told[:MOST]
        ]
        body = msgspec.json.encode(_Body(VERSION, round(now), entries)).decode()
        return msgspec.json.encode(_Document(body, self._sign(body))) + b"\n"

    def read(self, payload: bytes, now: float) -> Told:
        """Read another server's document.

        Args:
            payload: as it was fetched.
            now: seconds since 1970.

        Raises:
            DataError: it is something else, was not made with this secret, or is too old.
        """
        document = read_json(payload, _Document)
        if not hmac.compare_digest(document.signature.encode(), self._sign(document.body).encode()):
            raise DataError("it is not signed with this server's secret")
        body = read_json(document.body.encode(), _Body)
        if body.version != VERSION:
            raise DataError(f"it is of version {body.version}; update Mailward on both servers")
        if body.made < now - OLDEST:
            raise DataError(f"it is {(now - body.made) / 86_400:.0f} days old, so it is not used")
        if body.made > now + FUTURE:
            raise DataError("it is from the future; do the clocks go right?")
        entries = {
            _bytes(entry.hash): (min(entry.until, now + LONGEST), entry.kind)
            for entry in body.entries[:MOST]
            if entry.until > now and entry.kind in ("address", "network")
        }
        return Told(body.made, entries)

    def own_side(self, never: Iterable[str]) -> frozenset[bytes]:
        """The hashes of networks that cover an own or exempt address: nobody may be told by them.

        Args:
            never: addresses and prefixes, as `Prefix.parse` takes them.
        """
        found = set()
        for prefix in map(Prefix.parse, never):
            for length in LENGTHS[prefix.version]:
                if length <= prefix.length:
                    bits = BITS[prefix.version] - length
                    around = Prefix(prefix.version, prefix.value >> bits << bits, length)
                    found.add(self.hash(around))
        return frozenset(found)

    def _sign(self, body: str) -> str:
        return hmac.digest(self._signing, body.encode(), "sha256").hex()


def without(
    entries: Mapping[bytes, tuple[float, str]], own: frozenset[bytes]
) -> dict[bytes, float]:
    """The entries but for those that cover our own side: hash -> until when."""
    return {hash_: until for hash_, (until, _) in entries.items() if hash_ not in own}


def _derive(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), f"mailward share {purpose}".encode(), "sha256")


def _can_be_told(prefix: Prefix) -> bool:
    return prefix.length in LENGTHS[prefix.version]


def _text(hash_: bytes) -> str:
    return base64.b64encode(hash_).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DataError("an entry is no hash") from error
