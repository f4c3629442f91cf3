"""What can be asked of the running daemon by the control socket."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import msgspec

from core import __version__
from core.daemon.account_verbs import AccountVerbs
from core.daemon.attack_verbs import AttackVerbs
from core.daemon.control_door import Verb
from core.daemon.list_verbs import ListVerbs
from core.daemon.log_watch import LogWatch
from core.daemon.stolen_watch import StolenWatch
from core.engine.explain import State, explain
from core.words import Stage

if TYPE_CHECKING:
    from core.daemon.daemon import Daemon

MOST_NEAR = 20
"""Accounts near their limit that are listed."""


class Verbs:
    """The verbs, bound to one daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    def table(self) -> dict[str, Verb]:
        """Every verb by its name."""
        return {
            "status": self._status,
            "reload": self._reload,
            "explain": self._explain,
            "blocks": self._blocks,
            "release": self._release,
            "seen": self._seen,
            **AttackVerbs(self._daemon).table(),
            **ListVerbs(self._daemon).table(),
            **AccountVerbs(self._daemon).table(),
        }

    async def _status(self, _: dict[str, Any]) -> Any:
        daemon = self._daemon
        guard, server = daemon.guard, daemon.rules.resolved.server
        problems = dict(daemon.parts.problems)
        problems |= {f"door {d.endpoint}": d.problem for d in daemon.doors if d.problem}
        if daemon.keeper.problem:
            problems["ledger"] = daemon.keeper.problem
        store = daemon.writer.store
        trouble = daemon.writer.problem or (store.problem if store is not None else "")
        if trouble:
            problems["store"] = trouble
        problems.pop("log", None)  # the log itself knows better than whoever opened it
        if daemon.writer.events.problem:
            problems["log"] = daemon.writer.events.problem
        guard.tally.settle_all()
        problems |= {f"data {s.name}": s.problem for s in guard.sources.status() if s.problem}
        problems |= {f"list {s.name}": s.problem for s in guard.listings.status() if s.problem}
        if server.country.mode == "allow" and not server.country.list:
            problems["country.list"] = "it is empty, so no country is refused"
        if not server.notify.address:
            problems["notify.address"] = "nobody is told when an account is blocked"
        return msgspec.to_builtins(
            {
                "version": __version__,
                "pid": os.getpid(),
                "started": daemon.started,
                "now": time.time(),
                "doors": [door.status() for door in daemon.doors],
                "stages": {
                    stage: {"asked": seen.count, "last": seen.last}
                    for stage, seen in guard.seen.items()
                },
                "faults": guard.faults,
                "last_fault": guard.last_fault,
                "untrusted": daemon.peers.refused,
                "events": {
                    "noted": daemon.journal.noted,
                    "dropped": daemon.journal.dropped + daemon.writer.lost,
                    "waiting": daemon.journal.waiting() + daemon.writer.waiting,
                    "log_lost": daemon.writer.events.lost,
                },
                "blocked": len(guard.blocks),
                "attackers": len(guard.judge.standing),
                "tracked": len(guard.windows),
                "server_country": guard.snapshot.server.country.server_country,
                "sources": [*guard.sources.status(), *guard.listings.status()],
                "logs": self._logs(),
                "off": daemon.entitlements.present.off,
                "problems": problems,
            }
        )

    def _logs(self) -> dict[str, Any]:
        watch = self._daemon.company.find(LogWatch)
        return watch.status() if watch is not None else {}

    async def _reload(self, _: dict[str, Any]) -> Any:
        await self._daemon.reload()
        return {"problems": list(self._daemon.rules.problems)}

    async def _explain(self, request: dict[str, Any]) -> Any:
        guard = self._daemon.guard
        account = guard.snapshot.account(str(request.get("account", "")))
        state = State(guard.snapshot, guard.blocks, guard.windows, time.monotonic(), time.time())
        state.judge = guard.judge
        watch = self._daemon.company.find(StolenWatch)
        state.signals = tuple(watch.cases.open(account)) if watch is not None else ()
        facts = guard.look(str(request["address"]))
        return msgspec.to_builtins(explain(facts, account, int(request.get("port", 587)), state))

    async def _blocks(self, _: dict[str, Any]) -> Any:
        guard = self._daemon.guard
        now = time.monotonic()
        send = self._daemon.rules.resolved.server.send
        return {
            "blocked": [
                msgspec.to_builtins(standing.block) | {"left": standing.ends - now}
                for standing in guard.blocks.standing(now)
            ],
            "near": [
                {"account": account, "used": used}
                for account, used in guard.windows.busiest(now, send.seconds, MOST_NEAR)
                if used * 2 > send.limit
            ],
        }

    async def _release(self, request: dict[str, Any]) -> Any:
        account = self._daemon.guard.snapshot.account(str(request["account"]))
        by = str(request.get("by", "")) or "unknown"
        return {"released": await self._daemon.release(account, by)}

    async def _seen(self, request: dict[str, Any]) -> Any:
        """Whether a probe reached us: a connection's client port, or a login name."""
        marker = str(request["marker"])
        guard = self._daemon.guard
        guard.tally.settle_all()
        knocks = {marker, marker.encode()}
        seen = marker in self._daemon.logins or not knocks.isdisjoint(guard.knocks)
        return {"seen": seen, "asked": guard.seen[Stage.CONNECT].count}
