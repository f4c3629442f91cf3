"""What one other own server tells of its attackers, as a list named after it.

Fetched in a thread; looked into without waiting. While the server is away its entries stay until
they end.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable
from typing import Final

from core.errors import DataError
from core.settings.share import source_of
from core.sources.download import Downloader
from core.sources.facts import AddressFacts, NetworkHit
from core.sources.share import Secret, without
from core.sources.status import SourceStatus
from core.words import N_, NetworkKind

LARGEST: Final = 16 * 1024 * 1024


class ShareList:
    """One server's.

    Args:
        peer: its address, as it is set.
        secret: the secret that the servers share.
        clock: seconds since 1970.
    """

    def __init__(self, peer: str, secret: Secret, clock: Callable[[], float] = time.time) -> None:
        self.name = source_of(peer)
        self._peer = peer
        self._secret = secret
        self._clock = clock
        self._entries: dict[bytes, float] = {}
        self._made = 0.0
        self._fetched: float | None = None
        self._left_out = 0
        self._problem = N_("it was not asked yet")

    def hits(self, facts: AddressFacts) -> tuple[NetworkHit, ...]:
        """Its entry that covers an address, if one does that has not ended."""
        if not self._entries:
            return ()
        now = self._clock()
        for prefix, hash_ in self._secret.hashes(facts):
            if self._entries.get(hash_, 0.0) > now:
                label = self.name.removeprefix("share ")
                return (NetworkHit(NetworkKind.ATTACKER, label, str(prefix), self.name),)
        return ()

    def refresh(self, never: Iterable[str]) -> bool:
        """Fetch what it tells now; whether that is something else. Waits; call it in a thread.

        Args:
            never: own and exempt addresses, that no entry may cover.
        """
        try:
            entries, made = self._fetch(never)
        except DataError as error:
            self._problem = str(error)
            return False
        changed = entries != self._entries
        self._entries, self._made, self._fetched = entries, made, self._clock()
        self._problem = ""
        return changed

    def _fetch(self, never: Iterable[str]) -> tuple[dict[bytes, float], float]:
        sink = io.BytesIO()
        token = self._secret.token
        downloader = Downloader((token,))
        headers = {"Authorization": f"Bearer {token}"}
        downloader.fetch(self.name, self._peer, sink, cap=LARGEST, headers=headers)
        told = self._secret.read(sink.getvalue(), self._clock())
        if told.made < self._made:
            raise DataError("it is older than what it told before")
        entries = without(told.entries, self._secret.own_side(never))
        self._left_out = len(told.entries) - len(entries)
        return entries, told.made

    def status(self) -> SourceStatus:
        """How it is."""
        now = self._clock()
        credit = N_("your own server")
        if self._left_out:
            credit = (
                f"your own server; {self._left_out} that cover own or exempt addresses left out"
            )
        return SourceStatus(
            self.name,
            entries=sum(1 for until in self._entries.values() if until > now),
            age=now - self._fetched if self._fetched is not None else None,
            problem=self._problem,
            credit=credit,
        )
