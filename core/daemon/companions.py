"""Which companions a daemon has, in the order in which they begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.daemon.attack_watch import AttackWatch
from core.daemon.stolen_watch import StolenWatch

if TYPE_CHECKING:
    from core.daemon.companion import Companion
    from core.daemon.daemon import Daemon


def companions(daemon: Daemon) -> list[Companion]:
    """Make the companions of a daemon whose guard and writer are there."""
    return [AttackWatch(daemon), StolenWatch(daemon)]
