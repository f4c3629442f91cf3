"""A daemon as pages ask it, without a socket: answers what a test tells it to."""

from __future__ import annotations

from collections.abc import Callable
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
