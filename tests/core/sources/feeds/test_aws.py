"""Amazon's ranges: EC2 and nothing else."""

from __future__ import annotations

import json

import pytest

from core.errors import DataError
from core.sources.feeds import aws
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import PrefixFeedContract

SOUND = b"""{"syncToken":"1416435608","createDate":"2026-11-19-23-29-02","prefixes":[
 {"ip_prefix":"3.5.140.0/22","region":"ap-northeast-2","service":"AMAZON",
  "network_border_group":"ap-northeast-2"},
 {"ip_prefix":"13.34.37.64/27","region":"ap-southeast-4","service":"EC2",
  "network_border_group":"ap-southeast-4"}],
 "ipv6_prefixes":[{"ipv6_prefix":"2600:1f14::/35","region":"us-west-2","service":"EC2",
  "network_border_group":"us-west-2"}]}"""


class TestAws(PrefixFeedContract):
    """The suite for every feed."""

    description = FEEDS["aws"]
    sound = SOUND

    def document(self, *prefixes: str) -> bytes:
        """Both families have a list of their own."""
        v4 = [{"ip_prefix": text, "service": "EC2"} for text in prefixes if ":" not in text]
        v6 = [{"ipv6_prefix": text, "service": "EC2"} for text in prefixes if ":" in text]
        document = {"createDate": "2026-11-19", "prefixes": v4, "ipv6_prefixes": v6}
        return json.dumps(document).encode()


def test_only_rented_servers_are_taken() -> None:
    """``AMAZON`` also holds the content network and Amazon's offices."""
    feed = aws.parse(SOUND)
    assert [str(prefix) for prefix in feed.prefixes] == ["13.34.37.64/27", "2600:1f14::/35"]
    assert feed.vintage == "2026-11-19-23-29-02"


def test_the_error_says_where_the_document_differs() -> None:
    with pytest.raises(DataError, match=r"prefixes.*ip_prefix"):
        aws.parse(
            b'{"createDate":"","prefixes":[{"ip_prefix":7,"service":"EC2"}],"ipv6_prefixes":[]}'
        )
