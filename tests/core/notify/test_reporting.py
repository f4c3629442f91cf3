"""A report is in the language, with the links and the contact, of the domain that it is about."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.notify.report_document import Document, plain
from core.notify.reporting import make
from core.settings.scope import typed
from core.store.store import Store
from tests.core.notify.counted import NOW, WEEK, count

RULES, LEFT_OUT = typed(
    {
        ("server", ""): {
            "notify.pages": "https://admin.test/",
            "owner.pages": "https://customers.test/",
        },
        ("domain", "a.test"): {"notify.language": "de", "text.contact": "Frau Öz"},
    }
)


def _make(tmp_path: Path, domain: str) -> Document:
    with closing(Store.open(f"sqlite:///{tmp_path}/store.sqlite")) as store:
        count(store)
        return make(store, RULES, WEEK, NOW, "mx.example.test", domain=domain, zone=UTC)


@pytest.mark.parametrize(
    ("domain", "language", "here", "elsewhere"),
    [
        ("", "en", ["https://admin.test/", "4 Jan 2027"], ["https://customers.test/"]),
        (
            "a.test",
            "de",
            ["https://customers.test/", "4. Jan. 2027", "Frau Öz", "ann@a.test"],
            ["https://admin.test/", "b.test"],
        ),
        ("b.test", "en", ["https://customers.test/", "eve@b.test"], ["a.test "]),
    ],
)
def test_each_reader_has_their_own(
    tmp_path: Path, domain: str, language: str, here: list[str], elsewhere: list[str]
) -> None:
    """D10: the administrator's address of the pages is not the customers'."""
    assert LEFT_OUT == []
    found = _make(tmp_path, domain)
    assert found.language == language
    text = " ".join(plain(found).split())
    assert [part for part in here if part not in text] == []
    assert [part for part in elsewhere if part in text] == []


def test_times_are_in_the_zone_that_is_asked_for(tmp_path: Path) -> None:
    """D10: the server's own, by default."""
    with closing(Store.open(f"sqlite:///{tmp_path}/store.sqlite")) as store:
        count(store)
        zone = ZoneInfo("Asia/Tokyo")
        found = make(store, RULES, WEEK, NOW, "mx", domain="a.test", zone=zone)
    assert "6. Jan. 2027, 09:00" in plain(found)
