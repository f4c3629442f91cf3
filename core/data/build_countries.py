"""Builds ``countries.json``, the country codes and their names in each language of the product.

The names are those of the Unicode CLDR. Run it through ``./dev seed``; it needs npm.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from core.data.npm_package import NpmPackage, read_members

CLDR: Final = NpmPackage(
    "cldr-localenames-full",
    "48.2.0",
    "4o0paYDz0UXhfhChAVFkmVl2CP0YTSEqE6WrC0fNafaSC5u5DAXphxH3SZ1Ujczarikr8DToKZfiok6EqWLdNQ==",
)
LANGUAGES: Final = ("en", "de")
NOT_COUNTRIES: Final = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ")
)
"""Two-letter codes of CLDR that ISO 3166-1 does not assign (reserved, groups, pseudo-locales)."""

SHORT_NAMES: Final = frozenset({"HK", "MO", "PS"})
"""A table of logins need not repeat statements such as "Hong Kong SAR China"."""

EXPECTED: Final = 250
"""249 codes of ISO 3166-1, and XK (Kosovo), which the databases use."""


def build(target: Path) -> None:
    """Write the file: one object per language, code to name, sorted by code.

    Raises:
        ValueError: CLDR's list is no longer ISO 3166-1 plus XK; NOT_COUNTRIES needs a look.
    """
    paths = tuple(f"main/{language}/territories.json" for language in LANGUAGES)
    names = {}
    for language, payload in zip(LANGUAGES, read_members(CLDR, paths), strict=True):
        display = msgspec.json.decode(payload)["main"][language]["localeDisplayNames"]
        names[language] = _countries(display["territories"])
        if len(names[language]) != EXPECTED:
            raise ValueError(f"{language}: {len(names[language])} countries, not {EXPECTED}")
    target.write_bytes(msgspec.json.format(msgspec.json.encode(names), indent=1) + b"\n")


def _countries(territories: dict[str, str]) -> dict[str, str]:
    codes = sorted(code for code in territories if len(code) == 2 and code.isalpha())
    return {
        code: territories[f"{code}-alt-short" if code in SHORT_NAMES else code]
        for code in codes
        if code not in NOT_COUNTRIES
    }


if __name__ == "__main__":
    build(Path(__file__).parent / "countries.json")
