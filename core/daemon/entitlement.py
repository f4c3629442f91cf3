"""What licence, panel and hosting plans permit here, as the daemon asks for it now and then.

In a thread: at the start, at a reload, every hour, and soon after one of their files changes; never
on the way to an answer. What cannot be found out stays as it was, for our own faults and a silent
panel's must neither refuse anybody nor end what was paid for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import structlog
from msgspec import Struct

from core.desk import plans
from core.desk.panel_record import stands_in
from core.errors import MailwardError
from core.licence.feature import Feature
from core.licence.gate import Gate
from core.licence.licence import KEY_FILE, Licence
from core.panel import Panel, PanelInfo
from core.settings.config import Config

log = structlog.get_logger()

HOUR: Final = 3600.0

KEPT: Final = (Feature.CONNECT, Feature.DOMAIN_RULES, Feature.REPORTS)
"""Features that the daemon itself does without when they are off."""


class Entitlement(Struct, frozen=True):
    """What counts.

    Attributes:
        off: those of `KEPT` that are off, and why, in English.
        told: what the panel has told root of its domains.
    """

    off: Mapping[Feature, str] = {}
    told: plans.Told = plans.Told()


class Entitlements:
    """Finds out what counts. Threads may share it.

    Args:
        config: where licence and panel's record are.
        panel: this server's panel.
        report: told what is wrong with the licence's files, "" when nothing is.

    Attributes:
        present: what counts; everything is on until the first look.
    """

    def __init__(self, config: Config, panel: Panel, report: Callable[[str, str], None]) -> None:
        self.present = Entitlement()
        self._config = config
        self._panel = panel
        self._report = report
        self._guard = threading.Lock()
        self._info: PanelInfo | None = None
        self._stamp: object = None
        self._at = 0.0

    def look(self, wall: float, *, anew: bool = False) -> bool:
        """Find out; whether something is otherwise than before. May take seconds; never raises.

        Args:
            wall: seconds since 1970.
            anew: also where no file has changed and the last look was within the hour.
        """
        with self._guard:
            stamp = self._stamp_now()
            if not anew and stamp == self._stamp and 0 <= wall - self._at < HOUR:
                return False
            self._stamp, self._at = stamp, wall
            try:
                found = self._found(wall)
            except Exception as error:  # a fault here must not take anything away
                log.exception("what the licence permits could not be found out")
                self._report("licence", str(error) or type(error).__name__)
                return False
            former, self.present = self.present, found
            return found != former

    def _found(self, wall: float) -> Entitlement:
        panel = stands_in(self._config, self._panel)
        licence = Licence(self._config.state, panel.name)
        standing = licence.remember(wall)
        self._report("licence", licence.problem)
        with suppress(MailwardError):  # `mailward doctor` tells of it; what it said last counts
            self._info = panel.probe()
        unknown = PanelInfo(panel.name, "", "", "", "")
        needs = panel.requirements if self._info is not None else ()
        off = Gate(standing, self._info or unknown, needs).off()
        return Entitlement(
            {feature: off[feature] for feature in KEPT if feature in off},
            plans.told(self._config),
        )

    def _stamp_now(self) -> object:
        try:
            key = (self._config.state / KEY_FILE).stat()
        except OSError:
            return plans.stamp(self._config), None
        return plans.stamp(self._config), (key.st_mtime_ns, key.st_ino)
