"""Azure's ranges, and the search for this week's file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataError
from core.sources.feeds import azure
from core.sources.feeds.registry import FEEDS
from tests.contract.feed import PrefixFeedContract

SOUND = b"""{"changeNumber":63,"cloud":"Public","values":[
 {"name":"ActionGroup","id":"ActionGroup","properties":{"changeNumber":1,"region":"",
  "platform":"Azure","systemService":"","addressPrefixes":["40.92.0.0/15"]}},
 {"name":"AzureCloud","id":"AzureCloud","properties":{"changeNumber":1,"region":"",
  "platform":"Azure","systemService":"","addressPrefixes":["20.26.0.0/16","2603:1000::/24"]}},
 {"name":"AzureCloud.westeurope","id":"AzureCloud.westeurope","properties":{"changeNumber":1,
  "region":"westeurope","platform":"Azure","systemService":"","addressPrefixes":["20.27.0.0/16"]}}]}"""

FOLDER = "https://download.microsoft.com/download/7/1/d/71d86715-5596-4529-9b13-da13a5de5b63"


class TestAzure(PrefixFeedContract):
    """The suite for every feed."""

    description = FEEDS["azure"]
    sound = SOUND

    def document(self, *prefixes: str) -> bytes:
        """Both families stand in one list."""
        tag = {"name": "AzureCloud", "properties": {"addressPrefixes": prefixes}}
        return json.dumps({"changeNumber": 63, "values": [tag]}).encode()


def test_only_the_tag_azure_cloud_is_taken() -> None:
    feed = azure.parse(SOUND)
    assert [str(prefix) for prefix in feed.prefixes] == ["20.26.0.0/16", "2603:1000::/24"]
    assert feed.vintage == "change 63"


def test_without_the_tag_the_document_is_refused() -> None:
    with pytest.raises(DataError, match="AzureCloud"):
        azure.parse(b'{"changeNumber":63,"values":[]}')


def test_the_newest_file_is_found_in_the_page() -> None:
    page = (
        f'<a href="{FOLDER}/ServiceTags_Public_20261109.json">old</a>'
        f'<a href="{FOLDER}/ServiceTags_Public_20261116.json">new</a>'
        f'<a href="{FOLDER}/ServiceTags_Public_20261102.json">older</a>'
    )
    assert azure.find_address(page.encode()) == f"{FOLDER}/ServiceTags_Public_20261116.json"


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<html>The page moved</html>",
        "http://download.microsoft.com/download/a/ServiceTags_Public_20261116.json",
        "https://download.microsoft.com.example.net/download/a/ServiceTags_Public_20261116.json",
        "https://example.net/download/a/ServiceTags_Public_20261116.json",
        "https://download.microsoft.com/download/a b/ServiceTags_Public_20261116.json",
        "https://download.microsoft.com/download/a/ServiceTags_Private_20261116.json",
    ],
)
def test_no_other_address_is_taken_from_the_page(page: str) -> None:
    with pytest.raises(DataError, match="names no ServiceTags_Public file"):
        azure.find_address(page.encode())


@given(st.binary(max_size=400))
def test_whatever_the_page_it_returns_or_raises_data_error(page: bytes) -> None:
    with pytest.raises(DataError):
        azure.find_address(page)
