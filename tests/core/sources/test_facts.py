"""The shape of what is known about an address."""

from __future__ import annotations

import pytest

from core.sources.facts import AddressFacts, NetworkHit
from core.words import NetworkKind


def test_facts_are_shared_between_threads_so_nobody_changes_them() -> None:
    facts = AddressFacts("203.0.113.7", 4, 3405803783)
    with pytest.raises(AttributeError):
        facts.country = "DE"  # type: ignore[misc]  # that it fails is the point
    hit = NetworkHit(NetworkKind.CLOUD, "Hetzner", "AS24940", "hosting")
    with pytest.raises(AttributeError):
        hit.label = ""  # type: ignore[misc]  # that it fails is the point


def test_an_address_of_which_nothing_is_known_is_not_local_and_in_no_list() -> None:
    facts = AddressFacts("203.0.113.7", 4, 3405803783)
    assert (facts.local, facts.country, facts.second, facts.asn, facts.hits) == (
        False,
        "",
        "",
        0,
        (),
    )
