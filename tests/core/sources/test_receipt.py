"""The receipt beside a database."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.sources import directory as places
from core.sources import receipt as receipts
from core.sources.receipt import Receipt


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    receipt = Receipt("dbip", "2026-11-01", 1.5, 2.5, 7, "aa", "https://x", '"e"', "Mon", "bb")
    receipts.save(tmp_path, "country", receipt)
    assert receipts.load(tmp_path, "country") == receipt
    assert receipts.load(tmp_path, "asn") is None


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"provider":7}', b"\xff", b"[" * 99999])
def test_a_damaged_receipt_is_none(tmp_path: Path, content: bytes) -> None:
    """The database works without."""
    places.receipt_path(tmp_path, "country").write_bytes(content)
    assert receipts.load(tmp_path, "country") is None
