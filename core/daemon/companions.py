"""Which companions a daemon has, in the order in which they begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.daemon.attack_watch import AttackWatch
from core.daemon.ban_watch import BanWatch
from core.daemon.list_watch import ListWatch
from core.daemon.log_watch import LogWatch
from core.daemon.stolen_watch import StolenWatch
from core.daemon.webhook_watch import WebhookWatch

if TYPE_CHECKING:
    from core.daemon.companion import Companion
    from core.daemon.daemon import Daemon


def companions(daemon: Daemon) -> list[Companion]:
    """Make the companions of a daemon whose guard and writer are there."""
    webhook = WebhookWatch(
        daemon.config.state,
        lambda: daemon.rules.resolved.server,
        daemon.parts.report,
        lambda: daemon.parts.problems,
    )
    # It ends last: the others may have something to tell until they do.
    return [
        webhook,
        AttackWatch(daemon),
        BanWatch(daemon),
        ListWatch(daemon),
        StolenWatch(daemon),
        LogWatch(daemon),
    ]
