"""Which mails mean a login that no line tells of: Postfix and Exim name the account with the mail.

A mail program that sends ten mails has logged in once, as far as a log tells.
"""

from __future__ import annotations

from typing import Final

from core.maillog.record import Failure

SECONDS: Final = 300.0
"""In which several mails come by one login."""

MOST: Final = 20_000
"""Visits that are remembered; the older half goes first, all at once."""

NO_TRY: Final = frozenset({Failure.REFUSED, Failure.OTHER})
"""Failures for which nobody's password was looked at."""


class Visits:
    """Who is logged in from where; kept as hashes, which take a quarter of what the names do."""

    def __init__(self) -> None:
        self._latest: dict[int, float] = {}
        self._earlier: dict[int, float] = {}

    def note(self, address: str, account: str, at: float) -> None:
        """Somebody is logged in.

        Args:
            address: the client's.
            account: whose.
            at: seconds since 1970.
        """
        self._note(hash((address, account)), at)

    def is_new(self, address: str, account: str, at: float) -> bool:
        """Whether a mail means a login that nobody has told of; notes it. Arguments: see `note`."""
        visit = hash((address, account))
        before = self._latest.get(visit, self._earlier.get(visit))
        self._note(visit, at)
        return before is None or abs(at - before) > SECONDS

    def _note(self, visit: int, at: float) -> None:
        if len(self._latest) >= MOST // 2 and visit not in self._latest:
            self._earlier, self._latest = self._latest, {}
        self._latest[visit] = at
