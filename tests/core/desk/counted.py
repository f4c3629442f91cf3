"""A store in which logins and attempts of some days are counted, for previews."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.store.event import Event
from core.store.store import Store
from core.words import Reason, Service, Stage, Verdict

NOW = 1_800_000_000.0
"""A moment in seconds since 1970."""

DAY = 86_400.0


class Login(NamedTuple):
    """Logins of one account from one country."""

    account: str
    country: str
    times: int = 1
    days_ago: float = 3.0
    refused: bool = False


LOGINS = (
    Login("ann@a.test", "DE", 50),
    Login("ann@a.test", "TH", 5),
    Login("bob@a.test", "DE", 40),
    Login("bob@a.test", "TH", 7, refused=True),
    Login("eve@b.test", "AT", 30),
    Login("eve@b.test", "TH", 2),
    Login("old@b.test", "VN", 9, days_ago=20.0),
)


def count(store: Store, logins: Sequence[Login] = LOGINS) -> None:
    """Record the logins, 100 guesses from Russia at one of them, and 10 refused connections."""
    store.record([_event(login) for login in logins])
    store.record(
        [
            _noted(Stage.AUTH, Verdict.ALLOW, Reason.LOGIN_FAILED, "ann@a.test", "RU", 100, 2.0),
            _noted(Stage.CONNECT, Verdict.DENY, Reason.NETWORK_ATTACKER, "", "RU", 10, 2.0),
            _noted(Stage.AUTH, Verdict.ALLOW, Reason.LOGIN_FAILED, "eve@b.test", "DE", 3, 2.0),
        ]
    )


def _event(login: Login) -> Event:
    verdict, reason = Verdict.ALLOW, Reason.LOGIN_OK
    if login.refused:
        verdict, reason = Verdict.DENY, Reason.COUNTRY
    where = (login.account, login.country, login.times, login.days_ago)
    return _noted(Stage.AUTH, verdict, reason, *where)


def _noted(
    stage: Stage,
    verdict: Verdict,
    reason: Reason,
    account: str,
    country: str,
    times: int,
    days_ago: float,
) -> Event:
    at = NOW - days_ago * DAY
    return Event(
        at=at,
        last=at,
        count=times,
        stage=stage,
        service=Service.IMAPS,
        verdict=verdict,
        reason=reason,
        address="203.0.113.7",
        country=country,
        account=account,
        domain=account.rpartition("@")[2],
    )
