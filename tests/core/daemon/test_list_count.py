"""What lists would have refused is counted honestly: who passes anyway is not, nobody twice."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.daemon.list_count import ListCount
from core.engine.observation import LoginSeen
from core.sources.facts import AddressFacts, NetworkHit
from core.sources.status import SourceStatus
from core.words import NetworkKind, Service
from tests.core.daemon.rig import GERMANY, RUSSIA, Rig
from tests.core.engine.asking import facts

NOW = 1_800_000_000.0
TODAY = int(NOW // 86_400)


class Asked:
    """A list that is asked, and lists one address."""

    name = "abusix"

    def __init__(self) -> None:
        self.wanted: list[str] = []

    def hits(self, of: AddressFacts) -> tuple[NetworkHit, ...]:
        hit = NetworkHit(NetworkKind.ATTACKER, "Abusix", of.address, self.name)
        return (hit,) if of.address == RUSSIA else ()

    def want(self, of: AddressFacts) -> None:
        self.wanted.append(of.address)

    def status(self) -> SourceStatus:
        return SourceStatus(self.name)


class Counting:
    """A count with a guard."""

    def __init__(self, settings: dict[str, Any] | None = None) -> None:
        self.guard = Rig(settings).guard
        self.book = Asked()
        self.guard.listings.use([self.book])
        self.count = ListCount(self.guard)

    def login(
        self,
        address: str = RUSSIA,
        *,
        succeeded: bool = False,
        at: float = NOW,
        sources: tuple[str, ...] = (),
    ) -> None:
        known = replace(
            facts(address),
            hits=tuple(NetworkHit(NetworkKind.ATTACKER, s, address, s) for s in sources),
        )
        seen = LoginSeen(at, Service.IMAPS, known, "ann@example.test", succeeded)
        self.count.observe(seen, NOW)


def test_each_list_counts_for_itself_the_good_and_the_bad() -> None:
    """C1: the preview before arming."""
    counting = Counting()
    counting.login(sources=("cins", "greensnow"))
    counting.login(sources=("cins", "abusix"))
    counting.login(succeeded=True)
    counting.login(GERMANY, succeeded=True)
    assert counting.count.take() == {
        (TODAY, "abusix"): (1, 2),
        (TODAY, "cins"): (0, 2),
        (TODAY, "greensnow"): (0, 1),
    }
    assert counting.count.take() == {}


@pytest.mark.parametrize(
    "settings",
    [
        {"exempt.addresses": [{"entry": RUSSIA}]},
        {"exempt.accounts": [{"entry": "example.test"}]},
    ],
)
def test_who_is_exempt_would_not_have_been_refused(settings: dict[str, Any]) -> None:
    counting = Counting(settings)
    counting.login(succeeded=True)
    assert counting.count.take() == {}


def test_local_addresses_are_nobody_s() -> None:
    counting = Counting()
    counting.login("127.0.0.1", sources=("cins",))
    assert counting.count.take() == {}
    assert counting.book.wanted == []


def test_a_good_login_that_two_tell_of_is_one() -> None:
    """Dovecot reports it, and Postfix asks about it."""
    counting = Counting()
    for later in (0.0, 0.4, 8.0, 3600.0):
        counting.login(succeeded=True, at=NOW + later)
    assert counting.count.take() == {(TODAY, "abusix"): (2, 0)}


def test_who_logs_in_now_is_asked_about_and_an_old_log_s_are_not() -> None:
    counting = Counting()
    counting.login(GERMANY)
    counting.login(GERMANY, at=NOW - 86_400)
    assert counting.book.wanted == [GERMANY]


def test_an_old_login_counts_for_its_own_day() -> None:
    counting = Counting()
    counting.login(at=NOW - 86_400)
    assert counting.count.take() == {(TODAY - 1, "abusix"): (0, 1)}
