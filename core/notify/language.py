"""Texts, numbers and dates of our mails in one language.

The catalogues are those of the pages (`core/translations`); without one, texts are English.
Nothing here is loaded by a daemon that has nothing to mail: babel takes up some megabytes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from gettext import translation
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from core.net import countries

CATALOGUES: Final = Path(__file__).parent.parent / "translations"

NEVER: Final = "-"
"""Stands for a moment beyond the calendar."""


class Language:
    """One language.

    The methods that translate are called as gettext's tools expect it, and take texts with
    ``%(name)s`` in them, as the pages' do.

    Args:
        code: ISO 639-1.
        zone: in which times are told; None for the server's own.
        catalogues: where translations are.
    """

    def __init__(
        self, code: str = "en", zone: tzinfo | None = None, catalogues: Path = CATALOGUES
    ) -> None:
        self.code = code
        self._zone = zone
        self._catalogue = translation("messages", catalogues, [code], fallback=True)

    def gettext(self, message: str, **filled: object) -> str:
        """A text, with its blanks filled in.

        Args:
            message: in English.
            filled: what stands for each ``%(name)s``.
        """
        return _fill(self._catalogue.gettext(message), message, filled)

    def ngettext(self, one: str, many: str, count: int, **filled: object) -> str:
        """The same for a text with a number, which also stands for ``%(num)s``.

        Args:
            one: for a single one.
            many: for several.
            count: how many.
            filled: what stands for other blanks.
        """
        filled = {"num": self.number(count)} | filled
        english = one if count == 1 else many
        return _fill(self._catalogue.ngettext(one, many, count), english, filled)

    def number(self, value: int) -> str:
        """``1,234,567``."""
        return str(format_decimal(value, locale=self.code))

    def change(self, before: int, after: int) -> str:
        """How much more or less: ``+12%``; "" where there is nothing to compare with."""
        if not before:
            return ""
        sign = "+" if after > before else "-" if after < before else ""
        pattern = "#,##0 %" if self.code == "de" else "#,##0%"
        said = format_percent(abs(after - before) / before, format=pattern, locale=self.code)
        return sign + str(said)

    def moment(self, at: float) -> str:
        """``21 Nov 2026, 14:03``.

        Args:
            at: seconds since 1970.
        """
        try:
            local = datetime.fromtimestamp(at, self._zone)
        except (OverflowError, ValueError, OSError):
            return NEVER
        pattern = "d. MMM yyyy, HH:mm" if self.code == "de" else "d MMM yyyy, HH:mm"
        # babel takes a time without a zone for one in UTC, and shows it as it is
        return str(format_datetime(local.replace(tzinfo=UTC), format=pattern, locale=self.code))

    def day(self, day: date) -> str:
        """``Monday, 16 November 2026``."""
        pattern = "EEEE, d. MMMM yyyy" if self.code == "de" else "EEEE, d MMMM yyyy"
        return str(format_date(day, format=pattern, locale=self.code))

    def date(self, day: date) -> str:
        """``16 Nov 2026``."""
        pattern = "d. MMM yyyy" if self.code == "de" else "d MMM yyyy"
        return str(format_date(day, format=pattern, locale=self.code))

    def duration(self, seconds: int) -> str:
        """``5 minutes``, in the largest unit of which it is a whole number."""
        for unit, size in (("hour", 3600), ("minute", 60)):
            if seconds and seconds % size == 0:
                return str(format_unit(seconds // size, f"duration-{unit}", locale=self.code))
        return str(format_unit(seconds, "duration-second", locale=self.code))

    def country(self, code: str) -> str:
        """What a country is called; "unknown country" for none."""
        return countries.name(code, self.code) if code else self.gettext("unknown country")


def _fill(translated: str, english: str, filled: dict[str, Any]) -> str:
    """A translation whose blanks are not those of the original must not cost anybody a mail."""
    if not filled:
        return translated
    try:
        return translated % filled
    except (KeyError, TypeError, ValueError):
        return english % filled
