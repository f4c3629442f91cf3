"""What can be asked of the running daemon about one account: its signals, a block, a new password.

Part of the verbs of the control socket (`core.daemon.verbs`).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog

from core.daemon.control_door import Verb
from core.daemon.stolen_watch import StolenWatch
from core.engine.stolen.signal import LIFTED
from core.store.block import Block
from core.words import Reason

if TYPE_CHECKING:
    from core.daemon.daemon import Daemon

log = structlog.get_logger()

LONGEST: Final = 365 * 86_400
"""Seconds of the longest block by hand."""

LONGEST_WHY: Final = 500
"""Letters of a reason that are kept."""


class AccountVerbs:
    """The verbs, bound to one daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    def table(self) -> dict[str, Verb]:
        """Every verb by its name."""
        return {
            "signals": self._signals,
            "close_signals": self._close_signals,
            "block": self._block,
            "password_changed": self._password_changed,
        }

    async def _signals(self, request: dict[str, Any]) -> Any:
        """The open signals of an account."""
        watch = self._daemon.company.find(StolenWatch)
        found = watch.cases.open(self._account(request)) if watch is not None else []
        return {"signals": msgspec.to_builtins(found)}

    async def _close_signals(self, request: dict[str, Any]) -> Any:
        """Close them. What was the owner's own doing may end the block that came of it."""
        account, by = self._account(request), _by(request)
        closed = "owner" if request.get("owner") else "handled"
        count = self._close(account, by, closed)
        released = False
        if request.get("release") and self._reason(account) == Reason.ACCOUNT_STOLEN:
            released = await self._daemon.release(account, by)
        return {"closed": count, "released": released}

    async def _block(self, request: dict[str, Any]) -> Any:
        """Keep an account from sending, because somebody says so."""
        account, by = self._account(request), _by(request)
        seconds = max(1, min(int(request["seconds"]), LONGEST))
        why = str(request.get("why", "")).strip()[:LONGEST_WHY]
        now = time.time()
        block = Block(
            account=account,
            started=now,
            until=now + seconds,
            seconds=seconds,
            reason=Reason.BLOCKED_BY_HAND,
            evidence=f"{why} ({by})" if why else f"blocked by {by}",
        )
        await self._daemon.guard.block(block)
        return {"until": block.until}

    async def _password_changed(self, request: dict[str, Any]) -> Any:
        """What came before says nothing of who uses the account now.

        What was sent is forgiven once in as long as a limit's block lasts, also where ``again``
        says so from the history: whoever spams can change the password, too.
        """
        daemon, account, by = self._daemon, self._account(request), _by(request)
        said = f"{by}: the password was changed"
        count = self._close(account, said, "password")
        rules = daemon.guard.snapshot.resolved.of_account(account)
        now, windows, reason = time.monotonic(), daemon.guard.windows, self._reason(account)
        limited = reason == Reason.SEND_LIMIT
        may = not request.get("again") and daemon.forgiven.may(account, now)
        if may and (limited or windows.used(account, now, rules.send.seconds)):
            windows.forget(account)
            daemon.forgiven.note(account, now, rules.send.block_seconds)
        wanted = rules.stolen.lift and reason in LIFTED
        kept = wanted and limited and not may
        released = wanted and not kept and await daemon.release(account, said)
        log.info("a password was changed", account=account, by=by, released=released, kept=kept)
        return {"closed": count, "released": released, **({"kept": True} if kept else {})}

    def _close(self, account: str, by: str, closed: Any) -> int:
        watch = self._daemon.company.find(StolenWatch)
        return watch.close(account, by, closed) if watch is not None else 0

    def _reason(self, account: str) -> str:
        """Why an account is blocked, "" when it is not."""
        block = self._daemon.guard.blocks.find(account, time.monotonic())
        return block.reason if block is not None else ""

    def _account(self, request: dict[str, Any]) -> str:
        return self._daemon.guard.snapshot.account(str(request["account"]))


def _by(request: dict[str, Any]) -> str:
    return str(request.get("by", "")) or "unknown"
