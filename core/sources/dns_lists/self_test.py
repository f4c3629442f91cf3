"""Asks a list about two addresses whose answer is known: whether it may be believed today."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from msgspec import Struct

from core.errors import DataError
from core.sources.dns_lists.zone import CLEAN_TEST, LISTED_TEST, Zone

Ask = Callable[[str], Awaitable[frozenset[str]]]
"""Asks for the addresses of a name; raises DataError when nobody knows."""


class Tested(Struct, frozen=True):
    """What a test found.

    Attributes:
        versions: of which addresses it may be asked: 4, 6, both or none.
        problem: why it may not be believed, "" when it may.
        certain: it did answer; without that, what was found before still counts.
    """

    versions: frozenset[int] = frozenset()
    problem: str = ""
    certain: bool = True


async def examine(zone: Zone, key: str, ask: Ask) -> Tested:
    """Test a list.

    Args:
        zone: the list.
        key: the customer's key.
        ask: asks the DNS.
    """
    versions: list[int] = []
    for (version, listed), (_, clean) in zip(LISTED_TEST, CLEAN_TEST, strict=True):
        try:
            if zone.is_listed(await ask(zone.question(key, version, clean))):
                return Tested(problem="switched off: it lists everybody, even 127.0.0.1")
            if zone.is_listed(await ask(zone.question(key, version, listed))):
                versions.append(version)
        except DataError as error:
            if version == 4:
                return Tested(problem=str(error), certain=False)
    if 4 not in versions:
        return Tested(
            problem="switched off: it does not know its own test entry, 127.0.0.2; is the key good?"
        )
    return Tested(frozenset(versions))
