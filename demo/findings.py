"""What the month has found out: who attacked, which mailboxes looked stolen, what a list would do.

Written beside the visits of `demo.history`, whose engine only decides: the daemon's judge and its
lookout learn from weeks that the demo does not have. Addresses are those of `demo.places`.
"""

from __future__ import annotations

from random import Random
from typing import Final

from core.engine.judging.evidence import tried
from core.store.attacker import Attacker
from core.store.block import Block
from core.store.list_hits import DAY
from core.store.signal import Action, NotedSignal
from core.store.store import Store
from core.words import Reason, SignalKind
from demo import places, rules

HOUR: Final = 3600.0

LIST: Final = "blocklist_de"
"""The list that watches (`demo.rules`) and has something to show."""

_TRIED: Final = (
    (0.2, "tried 14 accounts", 360, 1),
    (0.6, "tried 3 accounts and 41 passwords", 7300, 1),
    (1.1, "tried 9 accounts", 40, 3),
    (2.4, "tried 22 accounts", 1150, 1),
    (5.0, "tried 120 passwords", 32_400, 2),
    (9.5, "tried 17 accounts", 180, 1),
    (16.0, "tried 12 accounts", 3050, 1),
)
"""Hours ago, what was tried, in how many seconds, which refusal it is."""

_SIGNALS: Final[tuple[tuple[float, str, SignalKind, str, tuple[str, ...], Action], ...]] = (
    (
        2.5,
        "julia@lindlaw.example",
        SignalKind.COUNTRIES,
        "logins from 2 countries within 24 hours: Germany (87.139.20.5), Nigeria (105.112.14.9)",
        ("NG",),
        "informed",
    ),
    (
        2.4,
        "julia@lindlaw.example",
        SignalKind.TRAVEL,
        "Nigeria (105.112.14.9) 14 minutes after Germany (87.139.20.5): at least 4,187 km",
        ("NG",),
        "informed",
    ),
    (
        7.0,
        "h.weiss@lindtax.example",
        SignalKind.NEW_COUNTRY,
        "first login from this country: Spain (79.144.3.18)",
        ("ES",),
        "noted",
    ),
    (
        2.0,
        "shop1@huber.example",
        SignalKind.VOLUME,
        "150 mails within an hour; its busiest hour of the last 30 days had 6",
        (),
        "informed",
    ),
    (
        4.0,
        "desk@moeller.example",
        SignalKind.PASSWORD_KNOWN,
        "the password was right, the login from Mexico (187.188.12.4) was refused [country]",
        ("MX",),
        "informed",
    ),
)
"""Hours ago, account, kind, evidence, new countries, what was done."""

_CLOSED: Final = "booking@ahoy.example"


def write(store: Store, now: float) -> None:
    """Write what was found out until now.

    Args:
        store: with the month.
        now: where it ended, seconds since 1970.

    Raises:
        StoreError: the store cannot be written.
    """
    _attackers(store, now)
    _signals(store, now)
    store.blocks.opened(
        Block(
            account="julia@lindlaw.example",
            started=now - 2 * HOUR,
            until=now + 22 * HOUR,
            seconds=int(24 * HOUR),
            reason=Reason.BLOCKED_BY_HAND,
            evidence="until she has a new password (lindlaw (customer))",
        )
    )
    store.list_hits.add(
        {(int(now // DAY) - day, LIST): (int(day == 3), 40 + (day * 37) % 60) for day in range(6)}
    )


def _attackers(store: Store, now: float) -> None:
    random = Random(11)
    found = [
        Attacker(
            place=places.pick(places.BOTNET, random).address(random),
            kind="address",
            since=now - hours * HOUR,
            until=now + (24 * times - hours) * HOUR,
            times=times,
            evidence=tried(what, seconds, now - hours * HOUR),
        )
        for hours, what, seconds, times in _TRIED
    ]
    network = Attacker(
        place="198.51.100.0/24",
        kind="network",
        since=now - 3 * HOUR,
        until=now + 9 * HOUR,
        times=1,
        evidence=tried("guessing from 3 of its addresses", 2 * HOUR, now - 3 * HOUR),
    )
    office = Attacker(
        place="192.0.2.44",
        kind="address",
        since=now - 4 * rules.DAY,
        until=now - 3 * rules.DAY,
        times=1,
        evidence=tried("tried 11 accounts", 480, now - 4 * rules.DAY),
    )
    store.attackers.seen([*found, network, office])
    store.attackers.released(
        [office.place], now - 3.6 * rules.DAY, rules.ADMIN, "an office after its move"
    )


def _signals(store: Store, now: float) -> None:
    for hours, account, kind, evidence, countries, action in _SIGNALS:
        at = now - hours * HOUR
        store.signals.note(
            NotedSignal(
                at=at,
                last=at + 600,
                account=account,
                kind=kind,
                evidence=evidence,
                countries=countries,
                action=action,
                told=at if action != "noted" else None,
            )
        )
    at = now - 12.55 * rules.DAY
    note = NotedSignal(
        at=at,
        last=at,
        account=_CLOSED,
        kind=SignalKind.RECIPIENTS,
        evidence="300 recipients within an hour; its busiest hour of the last 30 days had 9",
        action="informed",
        told=at,
    )
    store.signals.note(note)
    store.signals.close(_CLOSED, at + 3 * HOUR, rules.ADMIN, "password")
