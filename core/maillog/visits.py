"""Which mails mean a login that no line tells of: Postfix and Exim name the account with the mail.

A mail program that sends ten mails has logged in once, as far as a log tells.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from core.maillog.record import Failure

SECONDS: Final = 300.0
"""In which several mails come by one login."""

MOST: Final = 20_000
"""Visits that are remembered; the oldest go first."""

NO_TRY: Final = frozenset({Failure.REFUSED, Failure.OTHER})
"""Failures for which nobody's password was looked at."""


class Visits:
    """Who is logged in from where."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], float] = OrderedDict()

    def note(self, address: str, account: str, at: float) -> None:
        """Somebody is logged in.

        Args:
            address: the client's.
            account: whose.
            at: seconds since 1970.
        """
        key = (address, account)
        self._known[key] = at
        self._known.move_to_end(key)
        if len(self._known) > MOST:
            self._known.popitem(last=False)

    def is_new(self, address: str, account: str, at: float) -> bool:
        """Whether a mail means a login that nobody has told of; notes it. Arguments: see `note`."""
        before = self._known.get((address, account))
        self.note(address, account, at)
        return before is None or abs(at - before) > SECONDS
