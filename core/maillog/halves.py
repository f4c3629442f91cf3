"""One failed login, told in two lines of which each knows a half.

Postfix asks another program for the password. That program logs the account and the true reason,
then Postfix logs the client's address. Both must count as one attempt.
"""

from __future__ import annotations

from msgspec import Struct

from core.maillog.record import Failure

SECONDS = 15.0
"""How long after the first half the second may come: Dovecot answers a failure up to 15 s later."""

MOST = 1_000
"""First halves that wait, at most."""


class Half(Struct, frozen=True, gc=False):
    """What the program that checks passwords said: account, reason and, if it knows, address."""

    at: float
    account: str
    failure: Failure
    address: str = ""


class Halves:
    """First halves that wait for their second. One for each log."""

    def __init__(self) -> None:
        self._by_address: dict[str, Half] = {}
        self._without: Half | None = None

    def know(self, half: Half) -> None:
        """Keep a half that has an address, until Postfix names the same address."""
        self._by_address.pop(half.address, None)
        if len(self._by_address) >= MOST:
            del self._by_address[next(iter(self._by_address))]
        self._by_address[half.address] = half

    def wait(self, half: Half) -> Half | None:
        """Keep a half without an address; returns the one that waited before, if nobody came.

        Only one waits, so that a half never gets the address of somebody else who failed at the
        same moment: then both are told apart, without an address.
        """
        waited, self._without = self._without, half
        return waited

    def take(self, address: str, account: str, at: float) -> Half | None:
        """The first half of what Postfix tells now.

        Args:
            address: the client's.
            account: if Postfix tells it, else "".
            at: when Postfix wrote its line, seconds since 1970.
        """
        known = self._by_address.pop(address, None)
        if known is not None and _fits(known, account, at):
            return known
        waited = self._without
        if waited is None:
            return None
        if _fits(waited, account, at):
            self._without = None
            return waited
        return None


def _fits(half: Half, account: str, at: float) -> bool:
    return abs(at - half.at) <= SECONDS and (not account or account == half.account)
