"""Root looks at each ban again, and locks nobody out who must get in."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.system import ban_choice
from core.system.ban_choice import choose
from core.system.ban_file import Ban

NOW = 1_000_000.0
OWN = ("203.0.113.1", "2001:db8:1::1")
PEOPLE = ("198.51.100.9", "2001:db8:2::9")


def texts(*addresses: str) -> list[str]:
    """Those that are banned."""
    found = choose([Ban(each, NOW + 60) for each in addresses], NOW, OWN, PEOPLE)
    return [each.text for each in found.chosen]


@pytest.mark.parametrize(
    ("given", "banned"),
    [
        (["192.0.2.1"], ["192.0.2.1"]),
        (["192.0.2.77/24"], ["192.0.2.0/24"]),
        (["2001:db8:9::1/64"], ["2001:db8:9::/64"]),
        (["2001:db8:9::1"], ["2001:db8:9::1"]),
        (["::ffff:192.0.2.1"], ["192.0.2.1"]),
        (["192.0.2.1", "192.0.2.0/24", "192.0.2.1"], ["192.0.2.0/24"]),
        (["192.0.2.255", "192.0.3.0"], ["192.0.2.255", "192.0.3.0"]),
    ],
)
def test_who_is_banned(given: list[str], banned: list[str]) -> None:
    """A18: in one spelling, and no two that overlap, which nftables would refuse."""
    assert texts(*given) == banned


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("192.0.2.0/23", "too wide"),
        ("0.0.0.0/0", "too wide"),
        ("2001:db8::/47", "too wide"),
        ("10.1.2.3", "near"),
        ("127.0.0.1", "near"),
        ("192.168.7.0/24", "near"),
        ("fe80::1", "near"),
        ("fd00::/64", "near"),
        ("::1", "near"),
        ("203.0.113.1", "server's own"),
        ("203.0.113.0/24", "server's own"),
        ("2001:db8:1::/64", "server's own"),
        ("198.51.100.9", "logged in"),
        ("198.51.100.0/24", "logged in"),
        ("2001:db8:2::/64", "logged in"),
        ("example.test", "no address"),
        ("192.0.2.1; flush ruleset", "no address"),
        ("", "no address"),
    ],
)
def test_who_never_is(address: str, why: str) -> None:
    """Whatever the daemon wants."""
    found = choose([Ban(address, NOW + 60)], NOW, OWN, PEOPLE)
    assert found.chosen == ()
    assert why in found.left_out[0].why


@pytest.mark.parametrize(
    ("until", "seconds"),
    [
        (NOW + 60, 60),
        (NOW + 0.2, 1),
        (NOW + 1e9, 30 * 86_400),
        (float("inf"), 30 * 86_400),
        (NOW, None),
        (NOW - 1, None),
        (float("nan"), None),
        (float("-inf"), None),
    ],
)
def test_how_long(until: float, seconds: int | None) -> None:
    """Never for ever, and not at all when it is over."""
    chosen = choose([Ban("192.0.2.1", until)], NOW, (), ()).chosen
    assert [each.seconds for each in chosen] == ([] if seconds is None else [seconds])


def test_there_is_an_end_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that end last stay."""
    monkeypatch.setattr(ban_choice, "MOST", 2)
    bans = [Ban(f"192.0.2.{number}", NOW + number) for number in (1, 2, 3)]
    found = choose(bans, NOW, (), ())
    assert [each.text for each in found.chosen] == ["192.0.2.2", "192.0.2.3"]
    assert [each.address for each in found.left_out] == ["192.0.2.1"]


@given(st.lists(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str), max_size=40))
def test_no_two_overlap_and_none_is_near(addresses: list[str]) -> None:
    """For all addresses, half of them as networks."""
    wide = {4: 24, 6: 64}
    bans = [
        Ban(each if number % 2 else f"{each}/{wide[6 if ':' in each else 4]}", NOW + 60)
        for number, each in enumerate(addresses)
    ]
    networks = [ipaddress.ip_network(each.text) for each in choose(bans, NOW, OWN, PEOPLE).chosen]
    for one in networks:
        assert not one.is_loopback
        assert not one.is_link_local
        for other in networks:
            same = one.version == other.version
            assert one is other or not (same and one.overlaps(other))
