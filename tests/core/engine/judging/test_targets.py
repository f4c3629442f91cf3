"""An account is attacked when strangers from many networks fail, not when a phone roams."""

from __future__ import annotations

import pytest

from core.engine.judging.fingerprint import Fingerprints
from core.engine.judging.place import Places
from core.engine.judging.targets import Targets

PRINTS = Fingerprints(b"a" * 16)
ACCOUNT = PRINTS.of("bob@example.test")
NOW = 1_800_000_000.0


def where(number: int, system: int = 0) -> Places:
    network = 0x330000 + number * 7919
    return Places(network << 8 | 9, network, 1 << 63 | (system or 64500 + number * 31))


@pytest.mark.parametrize(
    ("password", "system", "attacked"),
    [
        ("each its own", 0, True),
        ("each its own", 1, True),
        ("the same", 0, False),
        ("", 0, True),
        ("", 1, False),
    ],
    ids=["botnet", "botnet at one provider", "phone", "botnet in a log", "phone in a log"],
)
def test_who_comes_from_twenty_networks(password: str, system: int, attacked: bool) -> None:
    """A18: a phone has one password, or one provider."""
    targets = Targets(1 << 12, 12_345)
    sides = 0
    for number in range(20):
        own = f"{password} {number}" if password == "each its own" else password
        attempt = PRINTS.of(own) if own else 0
        sides = targets.tried(ACCOUNT, attempt, where(number, system), NOW + number * 900)
    assert (sides > 0) is attacked


def test_an_attack_is_over_some_days_after_its_end() -> None:
    targets = Targets(1 << 12, 12_345)
    for number in range(20):
        targets.tried(ACCOUNT, PRINTS.of(number), where(number), NOW)
    assert targets.sides(ACCOUNT, NOW) > 8
    assert targets.sides(ACCOUNT, NOW + 3 * 86_400) < 8
    assert targets.sides(PRINTS.of("eve@example.test"), NOW) == 0


def test_a_slow_attack_of_weeks_stays_one() -> None:
    """performance.md 7: a try each quarter of an hour from another address."""
    targets = Targets(1 << 12, 12_345)
    for number in range(14 * 96):
        sides = targets.tried(ACCOUNT, PRINTS.of(number), where(number), NOW + number * 900)
    assert sides >= 8
