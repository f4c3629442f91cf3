"""A daemon as pages ask it, without a socket: answers what a test tells it to."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from core.control import Control
from core.errors import ControlError
from tests.core.web.rig import Pages


class Daemon(Control):
    """Stands where the pages look for the daemon.

    Args:
        pages: whose.
        answers: by verb; a verb that is missing is refused.

    Attributes:
        asked: the verbs and their arguments, in order.
    """

    def __init__(self, pages: Pages, **answers: Callable[..., Any]) -> None:
        super().__init__(pages.config.control)
        self._answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []
        pages.parts.control = self

    def call(self, verb: str, **arguments: Any) -> Any:
        """Answer as told."""
        self.asked.append((verb, arguments))
        if verb not in self._answers:
            raise ControlError(f"no verb {verb!r}")
        return self._answers[verb](**arguments)


EVIDENCE = "151 messages within 300 seconds, 150 are permitted"


def standing(*accounts: str, near: Mapping[str, int] | None = None) -> dict[str, Any]:
    """What a daemon says of blocks: those accounts may send again in 3 h 05 min.

    Args:
        accounts: which are blocked.
        near: what others have sent.
    """
    now = time.time()
    blocked = [
        {
            "account": account,
            "started": now - 60,
            "until": now + 11_100,
            "seconds": 11_160,
            "reason": "send_limit",
            "evidence": EVIDENCE,
            "left": 11_100.0,
        }
        for account in accounts
    ]
    close = [{"account": account, "used": used} for account, used in (near or {}).items()]
    return {"blocked": blocked, "near": close}
