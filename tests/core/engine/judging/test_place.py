"""Places stand for addresses, networks and systems, and are written and read the same way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.judging.place import kind_of, places, prefix_of, read, system_of, text
from core.net.addresses import text_of
from tests.core.engine.asking import facts


@pytest.mark.parametrize(
    ("address", "own", "network"),
    [
        ("203.0.113.7", "203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
    ],
)
def test_an_address_lies_in_places(address: str, own: str, network: str) -> None:
    found = places(facts(address, asn=64500))
    assert found is not None
    assert [text(place) for place in found] == [own, network, "AS64500"]
    assert [kind_of(place) for place in found] == ["address", "network", "system"]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "fe80::1", "64:ff9b::1", "x"])
def test_near_and_odd_addresses_lie_nowhere(address: str) -> None:
    """A19: webmail, the office's own network, and what is no address of the internet."""
    assert places(facts(address)) is None


@given(
    st.one_of(
        st.integers(1 << 24, (1 << 32) - 1).map(lambda v: (4, v)),
        st.integers(0x2 << 124, (0x4 << 124) - 1).map(lambda v: (6, v)),
    ),
    st.integers(1, (1 << 32) - 1),
)
def test_what_is_written_can_be_read(address: tuple[int, int], asn: int) -> None:
    known = facts(text_of(*address), asn=asn)
    found = places(known)
    if known.local:
        assert found is None
        return
    assert found is not None
    for place in found:
        assert read(text(place)) == place
        prefix = prefix_of(place)
        assert (prefix is None) == (kind_of(place) == "system")
    assert system_of(found.system) == asn


@pytest.mark.parametrize(
    ("written", "place"),
    [
        (" 203.0.113.7 ", "203.0.113.7"),
        ("203.0.113.7/24", "203.0.113.0/24"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::1/128", "2001:db8::/64"),
        ("as64500", "AS64500"),
    ],
)
def test_people_may_write_it_in_other_ways(written: str, place: str) -> None:
    assert text(read(written)) == place


@pytest.mark.parametrize(
    "written",
    [
        "",
        "x",
        "203.0.113.0/25",
        "203.0.0.0/16",
        "2001:db8::/56",
        "AS0",
        "AS99999999999",
    ],
)
def test_what_is_no_place_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="autonomous system"):
        read(written)
