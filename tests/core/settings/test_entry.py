"""Entries of lists: what they must have, and what may be left out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.settings.entry import CountryPass, ExemptAccount, ExemptAddress


@pytest.mark.parametrize(
    ("kind", "value", "entry"),
    [
        (ExemptAddress, {"entry": "192.0.2.1"}, ExemptAddress("192.0.2.1", "", 0)),
        (ExemptAccount, {"entry": "a.test", "comment": "c"}, ExemptAccount("a.test", "c", 0)),
        (CountryPass, {"country": "TH", "expires": 1.5}, CountryPass("TH", 1.5, "")),
    ],
)
def test_entries_need_little(kind: Any, value: Any, entry: Any) -> None:
    """A comment and, for exemptions, an end may be left out."""
    assert msgspec.convert(value, kind) == entry


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ExemptAddress, {"entry": "192.0.2.1", "expires": -1}),
        (ExemptAccount, {"comment": "who?"}),
        (CountryPass, {"country": "TH"}),
        (CountryPass, {"country": "TH", "expires": 0}),
        (CountryPass, {"country": "Thailand", "expires": 1}),
        (CountryPass, {"country": "TH", "expires": 1, "until": 2}),
    ],
)
def test_wrong_entries_are_refused(kind: Any, value: Any) -> None:
    """A17: a pass without an end would be a hole that nobody closes."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(value, kind)
