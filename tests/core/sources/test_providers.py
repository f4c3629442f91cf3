"""What an administrator may choose."""

from __future__ import annotations

from typing import Any

import pytest

from core.sources.feeds.registry import RECOMMENDED
from core.sources.providers import Providers


def test_the_default_needs_no_account_and_takes_the_recommended_feeds() -> None:
    providers = Providers()
    assert providers.country == "dbip"
    assert providers.databases == ("country", "asn")
    assert providers.feed_names == RECOMMENDED
    assert providers.secrets == ()


@pytest.mark.parametrize(
    ("chosen", "databases"),
    [
        ({"country": "none"}, ()),
        ({"country": "maxmind"}, ("country", "asn")),
        ({"country": "file", "country_file": "/x"}, ("country",)),
        ({"country": "file", "country_file": "/x", "asn_file": "/y"}, ("country", "asn")),
    ],
)
def test_databases(chosen: dict[str, Any], databases: tuple[str, ...]) -> None:
    assert Providers(**chosen).databases == databases


@pytest.mark.parametrize(
    ("feeds", "names"),
    [
        ((), ()),
        (("aws",), ("aws",)),
        (("tor_exits", "aws", "aws"), ("aws", "tor_exits")),
        (("default", "nobody_s"), (*RECOMMENDED, "nobody_s")),
    ],
)
def test_feeds(feeds: tuple[str, ...], names: tuple[str, ...]) -> None:
    """A feed that does not exist is kept, so that somebody is told."""
    assert Providers(feeds=feeds).feed_names == names


def test_secrets_are_known() -> None:
    providers = Providers(maxmind_account="17", maxmind_key="k", ipinfo_token="t")
    assert providers.secrets == ("k", "t")


def test_lists_that_are_wanted_by_name_are_fetched_beside_the_others() -> None:
    """E18: `mailward update` fetches them, too."""
    providers = Providers(lists=("greensnow", "abuseipdb"), keys={"abuseipdb": "k3y"})
    assert providers.feed_names[-2:] == ("greensnow", "abuseipdb")
    assert set(RECOMMENDED) < set(providers.feed_names)
    assert providers.secrets == ("k3y",)
