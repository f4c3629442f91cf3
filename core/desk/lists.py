"""Lists of attackers: what each is, what it would have refused, and to arm it or let it watch."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from core.desk import change
from core.desk.text import counted
from core.errors import ControlError, DaemonUnreachable, SettingError
from core.settings.fields import field
from core.settings.lists import NAMES, mode
from core.settings.model import Settings, Switch
from core.settings.scope import SERVER_SCOPE
from core.settings.share import source_of
from core.sources.dns_lists.zone import ZONES
from core.sources.feeds.registry import FEEDS
from core.sources.status import SourceStatus
from core.store.list_hits import ListHits
from core.words import N_

if TYPE_CHECKING:
    from core.desk.desk import Desk, Told

DAYS: Final = 7
"""Days that the preview looks back on."""

DAY: Final = 86_400

SHARE: Final = "share"
"""What the lists of all own servers together are called when they are armed."""

_BY_SWITCH: Final = ("spamhaus_drop", "asndrop")
"""Lists that have no mode of their own: ``network.attacker`` is theirs."""

_MASTER: Final = "network.attacker"


class ListLine(Struct, frozen=True):
    """One list.

    Attributes:
        name: in settings and evidence.
        label: whose it is.
        mode: off, watch or refuse, as it is set.
        held: ``network.attacker`` lets it do less than its mode says.
        setting: where its mode is set.
        kind: ``dns`` (asked), ``download`` (fetched) or ``told`` (CrowdSec, own servers).
        entries: how many it holds now; of one that is asked, how many addresses are known to be
            listed.
        age: seconds since it was last confirmed; None when it never was.
        problem: what is wrong, "" when nothing is.
        credit, terms, link: whom to thank, its licence in short, and where to read more.
        days: what it would have refused, by day, the earliest first.
    """

    name: str
    label: str
    mode: Switch
    held: bool
    setting: str
    kind: str
    entries: int = 0
    age: float | None = None
    problem: str = ""
    credit: str = ""
    terms: str = ""
    link: str = ""
    days: tuple[ListHits, ...] = ()

    @property
    def passed(self) -> int:
        """Logins from listed addresses that had the right password."""
        return sum(day.passed for day in self.days)

    @property
    def failed(self) -> int:
        """Those that had a wrong one."""
        return sum(day.failed for day in self.days)

    @property
    def preview(self) -> str:
        """What arming it would have done, one sentence for people; "" where that is no question."""
        if self.mode == "off":
            return ""
        if self.mode == "refuse" and not self.held:
            return "It refuses; whom, is among the events."
        total = self.passed + self.failed
        if not total:
            return f"Arming it would have refused no login of the last {DAYS} days."
        return (
            f"Arming it would have refused {counted(total, 'login')} of the last {DAYS} days, of "
            f"which {self.passed:,} had the right password."
        )

    def document(self) -> dict[str, Any]:
        """For programs."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain | {"passed": self.passed, "failed": self.failed}


def overview(desk: Desk, now: float | None = None) -> list[ListLine]:
    """Every list that there is, also those that are off.

    Args:
        desk: whose.
        now: seconds since 1970; None for this moment.

    Raises:
        StoreError: the store cannot be read.
    """
    moment = time.time() if now is None else now
    server = desk.rules().resolved.server
    begin = moment - (DAYS - 1) * DAY
    hits = desk.store.list_hits.since(begin) if desk.has_store else {}
    known = {each.name: each for each in _statuses(desk)}
    lines = [
        _line(name, server, known.get(name), hits.get(name, ())) for name in (*_BY_SWITCH, *NAMES)
    ]
    peers = [source_of(peer) for peer in server.share.peers]
    return lines + [_line(name, server, known.get(name), hits.get(name, ())) for name in peers]


def find(desk: Desk, name: str, now: float | None = None) -> ListLine:
    """One list.

    Raises:
        SettingError: there is none of that name.
        StoreError: the store cannot be read.
    """
    for line in overview(desk, now):
        if line.name == name:
            return line
    raise _unknown(name)


def switch(desk: Desk, name: str, to: Switch, why: str = "") -> Told | None:
    """Let a list refuse, watch, or do nothing; None when it does already.

    Args:
        desk: whose.
        name: the list's, or ``share`` for what all own servers tell.
        to: what it shall do.
        why: for the audit trail.

    Raises:
        SettingError: there is no such list, or its mode is not its own.
        StoreError: nothing was changed.
    """
    if name in _BY_SWITCH:
        raise SettingError(f"{_MASTER}: {name} has no mode of its own; set {_MASTER}")
    if name == SHARE or name.startswith(f"{SHARE} "):
        wanted = _sharing(desk, to)
    elif name in NAMES:
        wanted = {f"lists.{name}": to}
    else:
        raise _unknown(name)
    changes = change.preview(desk, {SERVER_SCOPE: wanted})
    return change.commit(desk, changes, why) if changes else None


def _sharing(desk: Desk, to: Switch) -> dict[str, Any]:
    share = desk.rules().resolved.server.share
    if to == "off":
        return {"share.mode": "give" if share.gives else "off"}
    return {"share.mode": "both" if share.gives else "take", "share.arm": to}


def ask(desk: Desk, address: str) -> dict[str, Any]:
    """What every list that is on says of an address, as the daemon answers ``list_test``.

    Raises:
        ControlError: the daemon cannot be reached, or it is no address.
    """
    answer: dict[str, Any] = desk.control.call("list_test", address=address)
    return answer


def _statuses(desk: Desk) -> Iterable[SourceStatus]:
    """How lists are, by the daemon; without it, what lies on the disk."""
    try:
        return msgspec.convert(desk.control.call("status")["sources"], list[SourceStatus])
    except (DaemonUnreachable, ControlError):
        # Opens databases, which the daemon's word makes unnecessary.
        from core.desk.update import state  # noqa: PLC0415

        return state(desk.config)


def _line(
    name: str, server: Settings, status: SourceStatus | None, days: tuple[ListHits, ...]
) -> ListLine:
    master = server.network.attacker
    own, setting, kind = _of(name, server)
    found = status or SourceStatus(name)
    held = (own == "refuse" and master != "refuse") or (own == "watch" and master == "off")
    return ListLine(
        name,
        _label(name),
        own,
        held,
        setting,
        kind,
        found.entries,
        found.age,
        found.problem,
        found.credit,
        found.terms or _terms(name),
        found.link,
        days,
    )


def _of(name: str, server: Settings) -> tuple[Switch, str, str]:
    """Mode, setting and kind."""
    if name in _BY_SWITCH:
        return server.network.attacker, _MASTER, "download"
    if name in NAMES:
        kind = "download" if name in FEEDS else "dns" if name in ZONES else "told"
        return mode(server.lists, name), f"lists.{name}", kind
    return server.share.arm if server.share.takes else "off", "share.arm", "told"


def _label(name: str) -> str:
    if name in FEEDS:
        return FEEDS[name].label
    return ZONES[name].label if name in ZONES else _titled(name)


def _titled(name: str) -> str:
    return field(f"lists.{name}").title if name in NAMES else N_("Own server")


def _terms(name: str) -> str:
    if name in FEEDS:
        return FEEDS[name].terms
    return ZONES[name].terms if name in ZONES else ""


def _unknown(name: str) -> SettingError:
    known = ", ".join((*_BY_SWITCH, *NAMES, SHARE))
    return SettingError(f"lists: there is no list {name!r:.60}; there are {known}")
