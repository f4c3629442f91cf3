"""What can be asked of the running daemon about lists of attackers.

Part of the verbs of the control socket (`core.daemon.verbs`).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from core.daemon.control_door import Verb
from core.daemon.list_watch import ListWatch
from core.errors import DataError, MailwardError
from core.sources.dns_lists.dns_list import DnsList
from core.sources.facts import AddressFacts
from core.words import NetworkKind

if TYPE_CHECKING:
    from core.daemon.daemon import Daemon


class ListVerbs:
    """The verbs, bound to one daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    def table(self) -> dict[str, Verb]:
        """Every verb by its name."""
        return {"list_test": self._test, "share": self._share}

    async def _test(self, request: dict[str, Any]) -> Any:
        """What every list says of one address; those that are asked by the DNS are asked now."""
        guard = self._daemon.guard
        facts = guard.look(str(request["address"]))
        if not facts.version:
            raise MailwardError(f"{facts.address!r:.60} is no address")
        answers = {
            hit.source: {"listed": True, "entry": hit.entry, "label": hit.label, "problem": ""}
            for hit in facts.hits
            if hit.kind is NetworkKind.ATTACKER
        }
        if not facts.local:
            asked = [book for book in guard.listings.books if isinstance(book, DnsList)]
            found = await asyncio.gather(*(self._ask(book, facts) for book in asked))
            answers |= {book.name: answer for book, answer in zip(asked, found, strict=True)}
        return {
            "address": facts.address,
            "local": facts.local,
            "lists": [{"name": name, **answer} for name, answer in sorted(answers.items())],
        }

    async def _ask(self, book: DnsList, facts: AddressFacts) -> dict[str, Any]:
        label = book.status().credit
        answer = {"listed": False, "entry": "", "label": label, "problem": ""}
        try:
            listed = await book.ask_now(facts)
        except DataError as error:
            return answer | {"problem": str(error)}
        return answer | {"listed": listed, "entry": facts.address if listed else ""}

    async def _share(self, _: dict[str, Any]) -> Any:
        """What this server tells others."""
        watch = self._daemon.company.find(ListWatch)
        if watch is None:
            raise MailwardError("lists are not watched")
        loop = asyncio.get_running_loop()
        return {"document": (await loop.run_in_executor(None, watch.document)).decode()}
