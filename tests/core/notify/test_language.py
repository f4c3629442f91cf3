"""Texts, numbers and dates in the language that is set, and English where that is missing."""

from __future__ import annotations

from datetime import UTC, date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from core.notify.language import Language

DAY = date(2026, 11, 16)
MOMENT = 1_772_388_000.0
"""2026-03-01 18:00 UTC."""


@pytest.fixture
def catalogues(tmp_path: Path) -> Path:
    """A German catalogue, in which one blank is not that of the original."""
    catalogue = Catalog(locale="de")
    catalogue.add("Hello %(name)s", "Hallo %(name)s")
    catalogue.add("Bye %(name)s", "Tschüss %(nome)s")
    catalogue.add("Odd %(name)s", "100 % %(name)s")
    catalogue.add(("%(num)s mail", "%(num)s mails"), ("%(num)s Mail", "%(num)s Mails"))
    place = tmp_path / "de" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    return tmp_path


def test_translates_what_the_catalogue_has(catalogues: Path) -> None:
    """D10: in the language of the server."""
    german = Language("de", UTC, catalogues)
    assert german.gettext("Hello %(name)s", name="Eve") == "Hallo Eve"
    assert german.ngettext("%(num)s mail", "%(num)s mails", 2000) == "2.000 Mails"
    assert german.ngettext("%(num)s mail", "%(num)s mails", 1) == "1 Mail"
    assert german.gettext("100% new") == "100% new"


@pytest.mark.parametrize("english", ["Bye %(name)s", "Odd %(name)s"])
def test_a_translation_that_cannot_be_filled_in_is_left_out(catalogues: Path, english: str) -> None:
    """A slip of a translator costs nobody a report."""
    assert Language("de", UTC, catalogues).gettext(english, name="Eve").endswith("Eve")


def test_without_a_catalogue_texts_are_english(tmp_path: Path) -> None:
    """And numbers are not."""
    german = Language("de", UTC, tmp_path)
    assert german.ngettext("%(num)s mail", "%(num)s mails", 2000) == "2.000 mails"


@pytest.mark.parametrize(
    ("code", "number", "day", "moment", "plus", "minus", "country"),
    [
        (
            "en",
            "12,345",
            "Monday, 16 November 2026",
            "1 Mar 2026, 18:00",
            "+50%",
            "-50%",
            "Germany",
        ),
        (
            "de",
            "12.345",
            "Montag, 16. November 2026",
            "1. März 2026, 18:00",
            "+50",
            "-50",
            "Deutsch",
        ),
    ],
)
def test_numbers_and_dates_are_of_the_language(
    code: str, number: str, day: str, moment: str, plus: str, minus: str, country: str
) -> None:
    """By the Unicode CLDR."""
    language = Language(code, UTC)
    assert language.number(12_345) == number
    assert language.day(DAY) == day
    assert language.moment(MOMENT) == moment
    assert language.change(2, 3).startswith(plus)
    assert language.change(2, 1).startswith(minus)
    assert language.change(2, 2).startswith("0")
    assert language.country("DE").startswith(country)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (300, "5 minutes"),
        (3600, "1 hour"),
        (90, "90 seconds"),
        (1, "1 second"),
        (86_400, "24 hours"),
    ],
)
def test_lengths_are_exact(seconds: int, said: str) -> None:
    """90 seconds are not 2 minutes."""
    assert Language("en", UTC).duration(seconds) == said


def test_what_is_unknown_has_words() -> None:
    """No mail shows an empty place or a traceback."""
    english = Language("en", UTC)
    assert english.country("") == "unknown country"
    assert english.moment(1e30) == "-"
    assert english.change(0, 7) == ""
