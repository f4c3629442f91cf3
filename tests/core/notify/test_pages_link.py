"""Mails link to the pages, however a panel spells their addresses."""

from __future__ import annotations

import pytest

from core.notify.pages_link import page


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("", ""),
        ("https://mx.test", "https://mx.test/blocked"),
        ("https://mx.test:8443/mailward/", "https://mx.test:8443/mailward/blocked"),
        ("https://mx.test/x.php?a=1&route=", "https://mx.test/x.php?a=1&route=%2Fblocked"),
    ],
)
def test_leads_to_the_page(base: str, address: str) -> None:
    """D10: where a base address is known."""
    assert page(base, "/blocked") == address
