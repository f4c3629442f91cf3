"""The lists that are asked by the DNS: their zones, what their answers mean, and how one asks.

Only an exact answer is a hit. Others in 127.0.0.0/8 are errors or another list's, and an answer
outside of it is somebody who answers everything, as the buyer of a dead list's name does
(RFC 5782; facts/data_sources.md 3.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from core.errors import DataError
from core.words import N_

LISTED_TEST: Final = ((4, 0x7F000002), (6, 0xFFFF7F000002))
CLEAN_TEST: Final = ((4, 0x7F000001), (6, 0xFFFF7F000001))
"""What every list lists, and what none does: version and value (RFC 5782 5). The IPv6 ones are
those addresses mapped, written out as IPv6."""

_SPAMHAUS_ERRORS: Final = {
    "127.255.255.252": N_("it says that the name of its zone is wrong"),
    "127.255.255.254": N_("it says that it is asked through a public resolver, and refuses those"),
    "127.255.255.255": N_("it says that it is asked too often"),
}
_ERRORS: Final = "127.255."
"""How answers begin by which lists complain of whoever asks."""


class Zone(Struct, frozen=True):
    """One list.

    Attributes:
        name: in settings and evidence.
        label: whose it is, for people.
        suffix: the end of the names that are asked, behind the key.
        listed: the one answer that means: it is listed.
        terms: its licence, in short.
        link: where to read more.
        errors: answers by which it complains.
    """

    name: str
    label: str
    suffix: str
    listed: str
    terms: str
    link: str
    errors: dict[str, str] = {}

    def question(self, key: str, version: int, value: int) -> str:
        """The name that is asked about an address: its bytes, or of IPv6 its nibbles, backwards.

        Args:
            key: the customer's key, "" for none.
            version: 4 or 6.
            value: the address as an integer.
        """
        if version == 4:
            parts = [str(byte) for byte in value.to_bytes(4, "little")]
        else:
            parts = list(f"{value:032x}"[::-1])
        return ".".join((*parts, *([key] if key else []), self.suffix)) + "."

    def is_listed(self, answers: Iterable[str]) -> bool:
        """Read what the DNS answered.

        Args:
            answers: the addresses; none at all means that it is not listed.

        Raises:
            DataError: it is no answer to the question; the text says what it is.
        """
        found = sorted(set(answers))
        for answer in found:
            if answer in self.errors:
                raise DataError(self.errors[answer])
            if answer.startswith(_ERRORS):
                raise DataError(f"it complains with {answer}")
        if self.listed in found:
            return True
        if found:
            raise DataError(f"it answers {found[0]}, which says nothing about logins")
        return False


_ALL: Final = (
    Zone(
        "spamrats",
        "SpamRATS RATS-Auth",
        "auth.spamrats.com",
        "127.0.0.43",
        N_("by your key; paid for providers of mail protection"),
        "https://www.spamrats.com",
    ),
    Zone(
        "spamhaus_authbl",
        "Spamhaus AuthBL",
        "authbl.dq.spamhaus.net",
        "127.0.0.20",
        N_("by your key of the Data Query Service"),
        "https://www.spamhaus.org",
        _SPAMHAUS_ERRORS,
    ),
    Zone(
        "abusix",
        "Abusix AuthBL",
        "authbl.mail.abusix.zone",
        "127.0.0.4",
        N_("by your key"),
        "https://abusix.com",
    ),
)

ZONES: Final = {zone.name: zone for zone in _ALL}
"""Every list by name."""
