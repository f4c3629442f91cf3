"""Addresses: every spelling gives one canonical form, and nothing makes the reader raise."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.net.addresses import is_local, own_addresses, parse, text_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7\t", "203.0.113.7"),
        ("[203.0.113.7]", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::FFFF:cb00:7107", "203.0.113.7"),
        ("[::ffff:203.0.113.7]", "203.0.113.7"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        (" [2001:db8::1] ", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]", "fe80::1"),
        ("::", "::"),
        ("::1", "::1"),
        ("::192.0.2.1", "::c000:201"),
    ],
)
def test_a_spelling_becomes_the_canonical_form(text: str, canonical: str) -> None:
    """Feature A15: IPv4 and IPv6 in each of their spellings."""
    address = parse(text)
    assert address is not None
    assert address.text == canonical
    assert address.value == int(ipaddress.ip_address(canonical))
    assert address.version == ipaddress.ip_address(canonical).version


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "unknown", "localhost", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4"),
        *("0x7f.0.0.1", "1.2.3.4/32", "1.2.3.4%eth0", "1.2.3.4\0", "1.2.3.4 trailing"),
        *("1::2::3", "2001:db8::1\0", "2001:db8::/32", "[", "[]", "%", ":"),
        *("\ud800", "\N{ARABIC-INDIC DIGIT ONE}.2.3.4", "[" * 100_000, ":" * 100_000),
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_anything_else_is_no_address(text: str) -> None:
    assert parse(text) is None


@given(st.text())
def test_no_text_makes_the_reader_raise(text: str) -> None:
    parse(text)


@given(st.ip_addresses())
def test_the_canonical_form_is_that_of_the_standard_library(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    expected = mapped or address
    parsed = parse(str(address))
    assert parsed == (expected.version, int(expected), str(expected))
    assert text_of(expected.version, int(expected)) == str(expected)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("0.0.0.0", True),
        ("0.0.0.1", False),
        ("9.255.255.255", False),
        ("10.0.0.0", True),
        ("10.255.255.255", True),
        ("11.0.0.0", False),
        ("100.63.255.255", False),
        ("100.64.0.0", True),
        ("100.127.255.255", True),
        ("100.128.0.0", False),
        ("127.0.0.1", True),
        ("127.255.255.255", True),
        ("169.253.255.255", False),
        ("169.254.0.0", True),
        ("172.15.255.255", False),
        ("172.16.0.0", True),
        ("172.31.255.255", True),
        ("172.32.0.0", False),
        ("192.167.255.255", False),
        ("192.168.0.0", True),
        ("192.169.0.0", False),
        ("::", True),
        ("::1", True),
        ("::2", False),
        ("::ffff:10.0.0.1", True),
        ("fbff:ffff::1", False),
        ("fc00::", True),
        ("fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", True),
        ("fe7f:ffff::1", False),
        ("fe80::", True),
        ("febf:ffff::1", True),
        ("fec0::1", False),
        ("192.0.2.1", False),
        ("198.51.100.1", False),
        ("203.0.113.1", False),
        ("2001:db8::1", False),
    ],
)
def test_near_addresses_are_local_and_documentation_is_not(text: str, local: bool) -> None:
    """Feature A14: private, loopback and link-local addresses are told apart from the world."""
    address = parse(text)
    assert address is not None
    assert is_local(address) is local


def test_own_addresses_are_read_from_the_kernels_tables(tmp_path: Path) -> None:
    net = tmp_path / "self" / "net"
    net.mkdir(parents=True)
    (net / "fib_trie").write_text(
        "Main:\n"
        "  +-- 0.0.0.0/0 3 0 5\n"
        "     |-- 0.0.0.0\n"
        "        /0 universe UNICAST\n"
        "           |-- 127.0.0.0\n"
        "              /8 host LOCAL\n"
        "           |-- 127.0.0.1\n"
        "              /32 host LOCAL\n"
        "           |-- 203.0.113.0\n"
        "              /24 link UNICAST\n"
        "           |-- 203.0.113.25\n"
        "              /32 host LOCAL\n"
        "        |-- 203.0.113.255\n"
        "           /32 link BROADCAST\n"
    )
    (net / "if_inet6").write_text(
        "00000000000000000000000000000001 01 80 10 80       lo\n"
        "20010db8000000000000000000000025 02 40 00 80     eth0\n"
    )
    assert own_addresses(tmp_path) == {"127.0.0.1", "203.0.113.25", "::1", "2001:db8::25"}


def test_own_addresses_without_tables_are_none(tmp_path: Path) -> None:
    assert own_addresses(tmp_path) == frozenset()


def test_this_machine_has_a_loopback_address() -> None:
    assert "127.0.0.1" in own_addresses()
