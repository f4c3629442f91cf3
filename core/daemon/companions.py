"""Which companions a daemon has, in the order in which they begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.daemon.companion import Companion
    from core.daemon.daemon import Daemon


def companions(daemon: Daemon) -> list[Companion]:  # noqa: ARG001  they take their parts from it
    """Make the companions of a daemon whose guard and writer are there."""
    return []
