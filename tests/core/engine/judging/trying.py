"""How tests of the judge try passwords: addresses and accounts in a few words, time by the hour."""

from __future__ import annotations

from core.engine.judging.entry import Entry
from core.engine.judging.judge import Judge
from core.engine.judging.shield import Shield
from core.engine.observation import LoginSeen
from core.settings.attack import Attack
from core.sources.facts import AddressFacts
from core.words import Service
from tests.core.engine.asking import facts

START = 1_800_000_000.0 // 86_400 * 86_400
"""Midnight."""

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

SALT = b"always the same."

HOME, AWAY = 64500, 64501
"""Autonomous systems: a provider of honest people, and another."""

ATTACKER = "192.0.2.66"
OFFICE = "203.0.113.7"
PEOPLE = {f"p{number}@example.test": OFFICE for number in range(5)}
"""Where an attacker is, where honest people are, and who they are."""


def at(address: str, asn: int = AWAY) -> AddressFacts:
    """An address."""
    return facts(address, asn=asn)


class Town:
    """A server, its judge, and a clock.

    Args:
        known: account -> address where it is at home, with logins of a fortnight.
        rules: the settings.
        shield: what is never entered.

    Attributes:
        changes: how often the judge said that answers may be others than before.
    """

    def __init__(
        self,
        known: dict[str, str] | None = None,
        rules: Attack | None = None,
        shield: Shield | None = None,
    ) -> None:
        self.changes = 0
        self.judge = Judge(SALT, changed=self._count)
        self.judge.configure(rules or Attack(), shield or Shield())
        self.now = START
        for day in range(14 if known else 0):
            for account, address in (known or {}).items():
                self.judge.good(account, at(address, HOME), START + (day - 14) * DAY + HOUR)

    def _count(self) -> None:
        self.changes += 1

    def try_(
        self,
        address: str,
        account: str,
        password: str = "",
        *,
        right: bool = False,
        asn: int = AWAY,
    ) -> bool:
        """Try a password as a mail server lets one; False when it was refused before."""
        where = at(address, asn)
        if self.judge.against(where, account, self.now) is not None:
            return False
        self.judge.observe(LoginSeen(self.now, Service.IMAP, where, account, right, password))
        return True

    def refuses(self, address: str, account: str = "", asn: int = AWAY) -> bool:
        """Whether an address may not try now."""
        return self.judge.against(at(address, asn), account, self.now) is not None

    def standing(self) -> list[Entry]:
        """The attackers, oldest first."""
        return sorted(self.judge.standing, key=lambda entry: entry.since)

    def places(self) -> list[str]:
        """Their places."""
        return [entry.place for entry in self.standing()]


def guess(town: Town, address: str, count: int, gap: float = 10.0, known: str = "info") -> int:
    """Try made-up accounts; returns how many tries got through."""
    let = 0
    for number in range(count):
        let += town.try_(address, f"{known}{number}@example.test", f"x{number}")
        town.now += gap
    return let
