"""The countries that settings and databases may name, and what people call them.

The list is data, built from the Unicode CLDR by ``core/data/build_countries.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

_NAMES: Final = msgspec.json.decode(
    (Path(__file__).parent.parent / "data" / "countries.json").read_bytes(),
    type=dict[str, dict[str, str]],
)

LANGUAGES: Final = frozenset(_NAMES)
"""Languages in which names are known."""

CODES: Final = frozenset(_NAMES["en"])
"""ISO 3166-1 alpha-2 codes in use, and XK (Kosovo), which the databases use."""


def name(code: str, language: str = "en") -> str:
    """Return what a country is called; the code itself when it is none of CODES.

    Args:
        code: ISO 3166-1 alpha-2, upper case.
        language: ISO 639-1; English stands in for a language without names.
    """
    return _NAMES.get(language, _NAMES["en"]).get(code, code)
