"""What can be asked of the running daemon about attackers: who they are, and to let one go.

Part of the verbs of the control socket (`core.daemon.verbs`).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import msgspec

from core.daemon.attack_watch import AttackWatch
from core.daemon.control_door import Verb
from core.engine.judging.place import places
from core.errors import MailwardError
from core.store.good_pair import GoodPair

if TYPE_CHECKING:
    from core.daemon.daemon import Daemon

LONGEST_WHY: Final = 500
"""Letters of a reason that are kept."""


class AttackVerbs:
    """The verbs, bound to one daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    def table(self) -> dict[str, Verb]:
        """Every verb by its name."""
        return {
            "attackers": self._attackers,
            "attacker": self._attacker,
            "forgive": self._forgive,
            "learn_pairs": self._learn,
        }

    async def _attackers(self, request: dict[str, Any]) -> Any:
        """The newest that are refused or watched now; ``limit`` of them."""
        judge = self._daemon.guard.judge
        limit = int(request.get("limit", 1000))
        ordered = sorted(judge.standing, key=lambda entry: -entry.since)
        return {
            "attackers": [
                msgspec.to_builtins(entry) | {"mode": judge.mode(entry)}
                for entry in ordered[:limit]
            ],
            "count": len(ordered),
        }

    async def _attacker(self, request: dict[str, Any]) -> Any:
        """What is known of one address: what covers it, and what weighs against it so far."""
        guard = self._daemon.guard
        facts = guard.sources.look(str(request["address"]))
        where = places(facts)
        if where is None:
            return {"standing": [], "tally": None, "residents": 0, "local": facts.local}
        wall = time.time()
        return {
            "standing": [
                msgspec.to_builtins(entry) | {"mode": guard.judge.mode(entry)}
                for entry in guard.judge.standing.find(where)
            ],
            "tally": msgspec.to_builtins(guard.judge.tally(facts, wall)),
            "residents": guard.judge.history.residents(where.address, wall),
            "local": False,
        }

    async def _forgive(self, request: dict[str, Any]) -> Any:
        """Let an attacker go, with all inside it, and forget what it did."""
        watch = self._daemon.company.find(AttackWatch)
        if watch is None:
            raise MailwardError("attackers are not watched")
        by = str(request.get("by", "")) or "unknown"
        why = str(request.get("why", ""))[:LONGEST_WHY]
        found = watch.release(str(request["place"]), by, why)
        return {"released": [entry.place for entry in found]}

    async def _learn(self, request: dict[str, Any]) -> Any:
        """Take good pairs in bulk, as from old logs."""
        watch = self._daemon.company.find(AttackWatch)
        pairs = msgspec.convert(request["pairs"], list[GoodPair])
        return {"learned": watch.learn(pairs) if watch is not None else 0}
