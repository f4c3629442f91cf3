"""Countries: the codes that settings may name, and their names."""

from __future__ import annotations

import pytest

from core.net import countries


def test_the_codes_are_iso_3166_and_kosovo() -> None:
    """ISO 3166-1 assigns 249 codes; groups and reserved codes are not among them."""
    assert len(countries.CODES) == 250
    assert {"DE", "US", "RU", "XK", "TW", "PS", "BQ"} <= countries.CODES
    assert not countries.CODES & {"EU", "ZZ", "AP", "UN", "UK", "A1"}


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("DE", "en", "Germany"),
        ("DE", "de", "Deutschland"),
        ("AT", "de", "Österreich"),
        ("HK", "en", "Hong Kong"),
        ("DE", "xx", "Germany"),
        ("??", "en", "??"),
        ("", "de", ""),
    ],
)
def test_name(code: str, language: str, name: str) -> None:
    assert countries.name(code, language) == name


def test_every_language_names_every_country() -> None:
    assert {"en", "de"} <= countries.LANGUAGES
    for language in countries.LANGUAGES:
        assert all(len(countries.name(code, language)) > 2 for code in countries.CODES)
