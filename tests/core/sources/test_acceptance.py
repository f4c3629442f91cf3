"""Which entries of a list are believed (facts 2.1 and 3.4)."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataError
from core.net.prefixes import Prefix
from core.sources.acceptance import accept, covering, is_special
from core.sources.feeds.feed import Feed


def feed(*texts: str, **asns: str) -> Feed:
    return Feed(
        tuple(Prefix.parse(text) for text in texts),
        asns={int(number.removeprefix("AS")): name for number, name in asns.items()},
    )


def many(count: int) -> Feed:
    return feed(*(f"8.{i // 256}.{i % 256}.0/24" for i in range(count)))


def test_entries_are_kept_once_and_in_order() -> None:
    accepted = accept(feed("2600::/24", "9.9.9.0/24", "8.8.8.0/24", "9.9.9.0/24", AS1="One"))
    assert accepted.prefixes == ("8.8.8.0/24", "9.9.9.0/24", "2600::/24")
    assert accepted.asns == {1: "One"}
    assert accepted.note == ""


@pytest.mark.parametrize("text", ["0.0.0.0/0", "0.0.0.0/7", "128.0.0.0/1", "::/0", "2000::/3"])
def test_a_prefix_that_covers_half_the_world_refuses_the_list(text: str) -> None:
    with pytest.raises(DataError, match="too wide"):
        accept(feed("8.8.8.0/24", text))


@pytest.mark.parametrize("text", ["8.0.0.0/8", "2600::/16"])
def test_the_widest_prefix_that_somebody_can_hold_is_believed(text: str) -> None:
    assert accept(feed(text)).prefixes == (text,)


@pytest.mark.parametrize(
    "text",
    [
        *("10.1.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.168.0.0/16", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/8"),
        *("255.255.255.255/32", "0.0.0.0/8", "::/128", "::1/128", "64:ff9b::/96", "100::/64"),
        *("2001::/23", "2001:10::/28", "2001:2::/48", "2001:db8::/32", "2002::/16", "3fff::/20"),
        *("fc00::/16", "fe80::/16", "ff00::/16", "4000::/16"),
    ],
)
def test_special_purpose_space_is_left_out(text: str) -> None:
    """Full bogon lists would otherwise refuse the office next door."""
    accepted = accept(feed("8.8.8.0/24", text))
    assert accepted.prefixes == ("8.8.8.0/24",)
    assert accepted.note == "1 special-purpose prefixes left out"


@given(st.ip_addresses())
def test_what_the_standard_library_calls_private_or_reserved_is_special(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    """Only as far as its tables go: newer assignments are in ours."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return
    if not address.is_global and not address.is_multicast:
        assert is_special(Prefix.parse(str(address)))


@pytest.mark.parametrize("content", [feed(), feed("10.0.0.0/8"), feed("8.8.8.8/32")])
def test_a_list_of_which_nothing_is_left_is_refused(content: Feed) -> None:
    with pytest.raises(DataError, match="nothing usable"):
        accept(content, never=("8.8.8.8",))


@pytest.mark.parametrize(
    ("count", "last", "accepted"),
    [
        (100, 0, True),
        (100, 100, True),
        (50, 100, True),
        (49, 100, False),
        (200, 100, True),
        (201, 100, False),
        (1, 100, False),
    ],
)
def test_a_list_that_halved_or_doubled_is_refused(count: int, last: int, accepted: bool) -> None:
    if accepted:
        assert len(accept(many(count), last).prefixes) == count
    else:
        with pytest.raises(DataError, match=f"holds {count} entries, the last .* held {last}"):
            accept(many(count), last)


def test_the_count_is_of_what_is_believed() -> None:
    """A list padded with special-purpose space has shrunk all the same."""
    padded = Feed(many(40).prefixes + feed(*(f"10.{i}.0.0/16" for i in range(60))).prefixes)
    with pytest.raises(DataError, match="holds 40 entries"):
        accept(padded, 100)


@pytest.mark.parametrize("never", ["8.8.8.8", "8.8.8.8/32", "8.8.8.0/25", "8.8.8.0/24", "2600::1"])
def test_an_entry_that_covers_our_own_side_is_left_out(never: str) -> None:
    """Facts 3.4: never accept an entry that covers the server's own or an exempt address."""
    accepted = accept(feed("8.8.8.0/24", "2600::/24", "9.9.9.0/24"), never=(never,))
    assert "9.9.9.0/24" in accepted.prefixes
    assert len(accepted.prefixes) == 2
    assert accepted.note == "1 that cover own or exempt addresses left out"


def test_an_entry_inside_an_exempt_network_stays() -> None:
    """The exemption is asked first anyway, and may be taken back."""
    assert accept(feed("8.8.8.0/24"), never=("8.8.0.0/16",)).prefixes == ("8.8.8.0/24",)


PREFIXES = st.builds(
    lambda address, length: Prefix.parse(f"{address}/{length}"),
    st.ip_addresses(v=4, network="8.8.0.0/16"),
    st.integers(14, 32),
) | st.builds(
    lambda address, length: Prefix.parse(f"{address}/{length}"),
    st.ip_addresses(v=6, network="2600::/16"),
    st.integers(14, 128),
)


@given(st.lists(PREFIXES, max_size=12), st.lists(PREFIXES, max_size=12))
def test_what_is_covered_is_found_as_by_comparing_each_with_each(
    prefixes: list[Prefix], never: list[Prefix]
) -> None:
    slow = [one for one in prefixes if any(one.covers(other) for other in never)]
    assert covering(prefixes, map(str, never)) == slow
