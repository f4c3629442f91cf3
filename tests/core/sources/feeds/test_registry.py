"""The registry of feeds: what every entry promises."""

from __future__ import annotations

import re

import pytest

from core.settings.fields import FIELDS
from core.settings.lists import NAMES
from core.sources.feeds.registry import FEEDS, RECOMMENDED, STALE_DAYS, FeedDescription
from core.words import NetworkKind


@pytest.mark.parametrize("description", FEEDS.values(), ids=FEEDS.keys())
def test_every_feed_is_described(description: FeedDescription) -> None:
    assert re.fullmatch(r"[a-z][a-z_]+", description.name)
    assert description.label
    assert description.terms
    for address in description.addresses:
        assert address.startswith("https://") is not description.spf


@pytest.mark.parametrize("description", FEEDS.values(), ids=FEEDS.keys())
def test_only_lists_that_accuse_grow_stale(description: FeedDescription) -> None:
    """Facts 3.4: a list of attackers that does not change is disabled after 14 days."""
    assert (description.stale_days == STALE_DAYS) is description.singles_out
    assert description.singles_out is (
        description.kind in (NetworkKind.ATTACKER, NetworkKind.ANONYMISER)
    )


def test_the_recommended_feeds_are_those_of_facts_2_1_and_3_4() -> None:
    clouds = {"aws", "google_cloud", "azure", "oracle", "digitalocean", "linode", "vultr"}
    assert set(RECOMMENDED) == clouds | {"spamhaus_drop", "asndrop", "google_spf", "tor_exits"}


def test_lists_that_are_asked_for_by_name_are_those_of_the_settings() -> None:
    """C1: a list that can be switched on is there, and none is fetched unasked."""
    asked = {name for name, each in FEEDS.items() if each.opt_in}
    others = {"spamrats", "spamhaus_authbl", "abusix", "crowdsec"}
    assert asked == set(NAMES) - others


def test_a_list_with_a_key_has_a_setting_for_it() -> None:
    for name, description in FEEDS.items():
        if description.key_header:
            assert f"lists.{name}_key" in FIELDS


def test_every_feed_has_a_test_that_runs_the_contract() -> None:
    from tests.contract.feed import FeedContract

    def leaves(suite: type[FeedContract]) -> set[type[FeedContract]]:
        below = suite.__subclasses__()
        return {suite}.union(*map(leaves, below)) if below else {suite}

    for name in ("aws", "azure", "geofeed", "google_cloud", "google_spf", "oracle"):
        __import__(f"tests.core.sources.feeds.test_{name}")
    for name in ("asndrop", "spamhaus_drop", "tor_exits", "vultr", "address_list"):
        __import__(f"tests.core.sources.feeds.test_{name}")
    for name in ("abuseipdb", "dshield", "turris"):
        __import__(f"tests.core.sources.feeds.test_{name}")
    covered = {
        suite.description.name for suite in leaves(FeedContract) if hasattr(suite, "description")
    }
    assert covered == set(FEEDS)
