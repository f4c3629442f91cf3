"""What somebody wants explained: an address, an account, a port; read from an address line.

Says what is wrong beside the field it is in, and keeps what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext
from msgspec import Struct

from core.labels import SERVICES
from core.net.addresses import parse
from core.settings.account import LONGEST
from core.words import SERVICE_OF_PORT

USUAL_PORT: Final = 587
"""People who send mail come here."""

LAST_PORT: Final = 65_535

LONGEST_ADDRESS: Final = 64
"""Letters of an address with brackets and a zone."""


class Asked(Struct, frozen=True):
    """What was asked.

    Attributes:
        address, account, port: as they were typed.
        faults: what is wrong, by the field's name.
    """

    address: str
    account: str
    port: str
    faults: dict[str, str]

    @classmethod
    def read(cls, words: Mapping[str, str]) -> Asked:
        """From the words of an address line."""
        address, account, port = (words.get(n, "").strip() for n in ("address", "account", "port"))
        found = {
            "address": _fault_of_address(address, bool(account)),
            "account": _fault_of_account(account),
            "port": _fault_of_port(port),
        }
        return cls(address, account, port, {name: said for name, said in found.items() if said})

    @property
    def is_complete(self) -> bool:
        """Whether it can be answered."""
        return bool(self.address) and not self.faults

    @property
    def number(self) -> int:
        """The port; only where it has no fault."""
        return int(self.port) if self.port else USUAL_PORT

    @property
    def words(self) -> dict[str, str]:
        """The words of an address line that asks the same."""
        found = {"address": self.address, "account": self.account, "port": self.port}
        return {name: value for name, value in found.items() if value}


def ports(asked: Asked) -> list[tuple[str, str]]:
    """The ports that a form offers, and what people call them; also the one asked for."""
    order = (587, 465, 25, 993, 143, 995, 110)
    found = [(str(port), str(gettext(SERVICES[SERVICE_OF_PORT[port]]))) for port in order]
    if asked.port and asked.port not in dict(found):
        found.append((asked.port, gettext("port %(port)s", port=asked.port)))
    return found


def _fault_of_address(text: str, is_needed: bool) -> str:
    if not text:
        return gettext("Without an address nothing can be said.") if is_needed else ""
    if len(text) > LONGEST_ADDRESS or parse(text) is None:
        return str(gettext("This is no IP address; write it as in 203.0.113.7 or 2001:db8::7."))
    return ""


def _fault_of_account(text: str) -> str:
    if len(text) > LONGEST:
        return str(gettext("No mail address is that long."))
    if any(letter.isspace() or not letter.isprintable() for letter in text):
        return str(gettext("A login name has no blanks and no control characters in it."))
    return ""


def _fault_of_port(text: str) -> str:
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LAST_PORT))
    if not text or (is_number and 1 <= int(text) <= LAST_PORT):
        return ""
    return str(gettext("A port is a number from 1 to 65535."))
