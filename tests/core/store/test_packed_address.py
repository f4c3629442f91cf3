"""Packed addresses sort like addresses and come back as they were."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store.packed_address import MAPPED, pack, span, unpack
from core.store.text import storable

IPV4_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


def is_canonical(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address not in IPV4_MAPPED


addresses = st.ip_addresses().filter(is_canonical)


@given(addresses)
def test_an_address_comes_back(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert unpack(pack(str(address))) == str(address)
    assert len(pack(str(address))) == 16


@given(st.text().map(storable))
def test_any_text_comes_back(text: str) -> None:
    """Nothing that a client sends is lost, only canonical forms may differ."""
    packed = pack(text)
    if len(packed) != 16:
        assert unpack(packed) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("not an address", "not an address"),
        ("203.0.113.300", "203.0.113.300"),
        ("2001:db8::zz", "2001:db8::zz"),
    ],
)
def test_spellings(text: str, canonical: str) -> None:
    assert unpack(pack(text)) == canonical


@given(addresses, st.data())
def test_a_network_is_one_stretch(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, data: st.DataObject
) -> None:
    """A15: for both versions."""
    length = data.draw(st.integers(0, address.max_prefixlen))
    network = ipaddress.ip_network(f"{address}/{length}", strict=False)
    other = data.draw(st.ip_addresses(v=address.version).filter(is_canonical))
    ends = span(f"{address}/{length}")
    assert ends is not None
    first, last = ends
    assert (first <= pack(str(other)) <= last) == (other in network)


@pytest.mark.parametrize("text", ["", "nothing", "203.0.113.0/33", "203.0.113.7/x", "/8"])
def test_what_is_no_network_has_no_stretch(text: str) -> None:
    assert span(text) is None


def test_a_network_of_one_version_holds_none_of_the_other() -> None:
    ends = span("0.0.0.0/0")
    assert ends is not None
    assert not ends[0] <= pack("2001:db8::1") <= ends[1]
    assert not ends[0] <= pack("no address") <= ends[1]
    assert not ends[0] <= pack("") <= ends[1]


@given(st.ip_addresses())
def test_the_hole_of_ipv4_is_exact(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    inside = MAPPED[0] <= pack(str(address)) <= MAPPED[1]
    assert inside == (address.version == 4 or address in IPV4_MAPPED)
