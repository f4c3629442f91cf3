"""Where people log in from in tests of a whole server: addresses that the seed databases know."""

from __future__ import annotations

from typing import Final

GERMANY: Final = "84.160.0.1"
AUSTRIA: Final = "62.178.0.1"
RUSSIA: Final = "95.24.0.1"
