"""Prefix sets agree with a naive scan, whatever is nested, adjacent or doubled."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.net.addresses import parse
from core.net.prefixes import Prefix, PrefixSet

if TYPE_CHECKING:
    from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Networks crowded into a few addresses, so that they nest, touch and repeat."""
    low_bits = draw(st.integers(0, 255))
    if draw(st.booleans()):
        address = draw(st.sampled_from([0, 0xCB007100, 0xFFFFFF00])) | low_bits
        return ipaddress.IPv4Network((address, draw(st.integers(20, 32))), strict=False)
    address = draw(st.sampled_from([0, 0x20010DB8 << 96, (1 << 128) - 256])) | low_bits
    return ipaddress.IPv6Network((address, draw(st.integers(116, 128))), strict=False)


def neighbours(network: Network) -> list[tuple[int, int]]:
    """The edges of a network and the addresses just outside it."""
    first, last = int(network.network_address), int(network.broadcast_address)
    highest = (1 << network.max_prefixlen) - 1
    edges = {first - 1, first, last, last + 1}
    return [(network.version, value) for value in edges if 0 <= value <= highest]


def scan(
    entries: Sequence[tuple[Network, int]], version: int, value: int
) -> tuple[str, int] | None:
    """The law: the narrowest covering network, of equal ones the first."""
    address = ipaddress.IPv4Address(value) if version == 4 else ipaddress.IPv6Address(value)
    covering = [entry for entry in entries if address in entry[0]]
    if not covering:
        return None
    network, label = max(covering, key=lambda entry: entry[0].prefixlen)
    return str(network), label


@given(st.lists(networks(), max_size=30))
@example([])
@example([ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("255.255.255.255/32")])
@example([ipaddress.ip_network("::/0"), ipaddress.ip_network("::/128")])
def test_find_agrees_with_a_scan(drawn: list[Network]) -> None:
    """Feature A15: both families, nested, adjacent and duplicate prefixes."""
    entries = [(network, label) for label, network in enumerate(drawn)]
    ranges = PrefixSet.build(entries)
    assert len(ranges) == len(set(drawn))
    for network in [*drawn, ipaddress.ip_network("198.51.100.0/24")]:
        for version, value in neighbours(network):
            assert ranges.find(version, value) == scan(entries, version, value)


@given(networks())
def test_a_prefix_reads_as_the_standard_library_reads_it(network: Network) -> None:
    prefix = Prefix.parse(str(network))
    assert prefix.version == network.version
    assert prefix.value == int(network.network_address)
    assert prefix.last == int(network.broadcast_address)
    assert str(prefix) == str(network)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("192.0.2.77/24", "192.0.2.0/24"),
        (" 192.0.2.7 ", "192.0.2.7/32"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:DB8::1/32", "2001:db8::/32"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
        ("::ffff:0:0/64", "::/64"),
    ],
)
def test_a_spelling_becomes_the_canonical_prefix(text: str, canonical: str) -> None:
    assert str(Prefix.parse(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        *("", "/", "/24", "example.org", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1"),
        *("192.0.2.0/x", "192.0.2.0/255.255.255.0", "192.0.2.0/24/8", "2001:db8::/129"),
        *("192.0.2.0/²", "192.0.2/24", "::ffff:192.0.2.0/129", "192.0.2.0/0024"),
    ],
)
def test_a_text_that_is_no_prefix_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an address or a prefix|no valid prefix length"):
        Prefix.parse(text)
    with pytest.raises(ValueError, match="prefix"):
        PrefixSet.build([(text, 1)])


@given(st.text(max_size=60))
def test_reading_a_prefix_raises_nothing_but_value_error(text: str) -> None:
    try:
        Prefix.parse(text)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("outer", "inner", "covered"),
    [
        ("192.0.2.0/24", "192.0.2.128/25", True),
        ("192.0.2.0/24", "192.0.2.0/24", True),
        ("192.0.2.128/25", "192.0.2.0/24", False),
        ("192.0.2.0/24", "192.0.3.0/24", False),
        ("::/0", "192.0.2.0/24", False),
    ],
)
def test_covers(outer: str, inner: str, covered: bool) -> None:
    assert Prefix.parse(outer).covers(Prefix.parse(inner)) is covered


def test_no_address_is_covered_by_nothing() -> None:
    """AddressFacts of a text that is no address carry version 0."""
    everything = PrefixSet.build([("0.0.0.0/0", "all"), ("::/0", "all")])
    assert everything.find(0, 0) is None


def test_an_address_that_was_written_as_mapped_ipv6_is_found_in_ipv4() -> None:
    address = parse("::ffff:203.0.113.9")
    assert address is not None
    ranges = PrefixSet.build([("203.0.113.0/24", "office")])
    assert ranges.find(address.version, address.value) == ("203.0.113.0/24", "office")
