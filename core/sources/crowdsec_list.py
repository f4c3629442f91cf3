"""The decisions of the customer's own CrowdSec, as a list.

Asked in a thread; looked into without waiting. While CrowdSec is away its decisions stay until they
end, also over a restart of ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from core.errors import DataError
from core.sources import crowdsec
from core.sources.ban_book import BanBook
from core.sources.facts import AddressFacts, NetworkHit
from core.sources.status import SourceStatus
from core.words import N_

NAME: Final = "crowdsec"
ANEW_SECONDS: Final = 3600.0
"""How often everything is asked for, in case a change was missed."""


class CrowdsecList:
    """CrowdSec's.

    Args:
        url, key: of its local API.
        path: where decisions are kept over a restart.
        clock: seconds since 1970.
    """

    name = NAME

    def __init__(
        self, url: str, key: str, path: Path, clock: Callable[[], float] = time.time
    ) -> None:
        self._url = url
        self._key = key
        self._path = path
        self._clock = clock
        self._book = BanBook(NAME, "CrowdSec", clock)
        self._restored = False
        self._whole_at = 0.0
        self._heard: float | None = None
        self._useless = 0
        self._problem = N_("it was not asked yet")

    def hits(self, facts: AddressFacts) -> tuple[NetworkHit, ...]:
        """Its decision on an address, if there is one that has not ended."""
        return self._book.hits(facts)

    def refresh(self, never: Iterable[str]) -> bool:
        """Ask what is new; whether anything is. Waits; call it in a thread, one at a time.

        Args:
            never: own and exempt addresses, that no decision may cover.
        """
        before = self._book
        own = list(never)
        if not self._restored:
            self._restored = True
            self._book = before.restored(self._path, own)
        try:
            self._ask(own)
        except DataError as error:
            # What the answer would have said may count as told: the next must tell everything.
            self._problem, self._whole_at = str(error), 0.0
        except OSError as error:
            self._problem = f"its decisions could not be kept: {error.strerror}"
        return self._book is not before

    def _ask(self, never: list[str]) -> None:
        now = self._clock()
        whole = not 0 <= now - self._whole_at < ANEW_SECONDS
        stream = crowdsec.fetch(self._url, self._key, startup=whole)
        new, self._useless = crowdsec.bans(stream.new or (), now)
        gone = crowdsec.places(stream.deleted or ()) - new.keys()
        if whole:
            self._whole_at = now
        self._heard, self._problem = now, ""
        if whole or new or gone:
            self._book = self._book.with_changes(new, gone, never, whole=whole)
            self._book.save(self._path)

    def status(self) -> SourceStatus:
        """How it is."""
        left_out = self._book.left_out + self._useless
        return SourceStatus(
            NAME,
            entries=len(self._book),
            age=self._clock() - self._heard if self._heard is not None else None,
            problem=self._problem,
            credit=f"CrowdSec; {left_out} decisions left out" if left_out else "CrowdSec",
            terms=N_("your own CrowdSec; what it may give you depends on what it contributes"),
            link="https://www.crowdsec.net",
        )
