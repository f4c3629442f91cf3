"""Where an address is: the country database's opinion, and a second one to weigh it against.

Free country databases are wrong for a few addresses in a hundred. The registries' allocation data
errs elsewhere: the right country is one of the two for 97 to 99 % of addresses instead of 87 to
95 % (facts/data_sources.md 1.4). Which of them must object before a login is refused is not
decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import iptocc

from core.net.countries import CODES

if TYPE_CHECKING:
    from core.sources.reader import Database

_CODES: Final = {code: code for code in CODES}


def registry_country(text: str) -> str:
    """Return the country to which a registry allocated the address, "" when it is not known."""
    return _CODES.get(iptocc.country_code(text) or "", "")


def opinions(database: Database, version: int, text: str) -> tuple[str, str]:
    """Return the first and the second opinion, each "" when there is none.

    The database speaks first. Where it is silent, because it does not know the address or is not
    there at all, the registries' answer moves up, and there is no second.
    """
    first = database.country(version, text)
    second = registry_country(text)
    return (first, second) if first else (second, "")
