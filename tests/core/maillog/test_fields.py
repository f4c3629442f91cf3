"""Fields of a log come out safe, whatever stands in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.maillog import fields


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"192.0.2.1", "192.0.2.1"),
        (b"2001:db8::5", "2001:db8::5"),
        (b"IPv6:2001:db8::5", "2001:db8::5"),
        (b"::ffff:192.0.2.1", "192.0.2.1"),
        (b"::FFFF:192.0.2.1", "192.0.2.1"),
        (b"::ffff::80.110.174.199", "80.110.174.199"),
        (b"::ffff:c000:201", "::ffff:c000:201"),
        (b"fe80::1%eth0", "fe80::1"),
        (b"unknown", ""),
        (b"", ""),
        (b"192.0.2.1, 8.8.8.8", ""),
        (b"<192.0.2.1>", ""),
    ],
)
def test_an_address_is_an_address_or_nothing(raw: bytes, expected: str) -> None:
    assert fields.address(raw) == expected


@given(st.binary(max_size=3_000))
def test_a_name_is_printable_and_short(raw: bytes) -> None:
    plain = fields.name(raw)
    assert plain.isprintable()
    assert len(plain) <= fields.LONGEST_NAME


def test_a_name_stays_as_it_was_typed() -> None:
    assert fields.name("Bob Müller@Example.test".encode()) == "Bob Müller@Example.test"
    assert fields.name(b"a\tb\x1b[31m") == "a?b?[31m"
