"""What checks that only watch would have refused in the last week.

Whether somebody was a person is not always known: mail programs that fetch mail are asked about
before the password. So whoever gave a login name and no wrong password may be one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from core.store.statistics import Group, StatisticsFilter, Total
from core.store.store import Store
from core.words import Reason, Stage, Verdict

DAY: Final = 86_400
DAYS: Final = 7

SETTINGS: Final[Mapping[str, str]] = {
    Reason.COUNTRY: "country.watch",
    Reason.COUNTRY_UNKNOWN: "country.watch",
    Reason.NETWORK_CLOUD: "network.cloud",
    Reason.NETWORK_ANONYMISER: "network.anonymiser",
    Reason.NETWORK_RELAY: "network.relay",
    Reason.NETWORK_ATTACKER: "network.attacker",
}
"""The reason of a refusal that was only noted -> the setting that makes it one."""

_GROUPS: Final[tuple[Group, ...]] = ("day", "stage", "verdict", "reason", "would")


class Watched(Struct):
    """One setting that watches.

    Attributes:
        setting: its name.
        named: logins that it would have refused, with a right or a not yet checked password.
        others: clients that only connected, and guesses.
        days: on how many days there was any of it.
    """

    setting: str
    named: int = 0
    others: int = 0
    days: int = 0


def watched(store: Store, now: float) -> list[Watched]:
    """Count the last seven days of UTC.

    Args:
        store: where it is counted.
        now: seconds since 1970.

    Raises:
        StoreError: the store cannot be read.
    """
    since = (now - DAYS * DAY) // DAY * DAY
    wanted = StatisticsFilter(since=since, until=now, would=True)
    return _summed(store.statistics.totals(wanted, _GROUPS))


def _summed(totals: Iterable[Total]) -> list[Watched]:
    found: dict[str, Watched] = {}
    days: dict[str, set[str]] = {}
    for total in totals:
        day, stage, verdict, reason, would = map(str, total.key)
        setting = SETTINGS.get(would)
        if setting is None or stage == Stage.SEND or verdict != Verdict.ALLOW:
            continue
        line = found.setdefault(setting, Watched(setting))
        if stage == Stage.AUTH and reason != Reason.LOGIN_FAILED:
            line.named += total.count
        else:
            line.others += total.count
        days.setdefault(setting, set()).add(day)
    for setting, line in found.items():
        line.days = len(days[setting])
    return list(found.values())
