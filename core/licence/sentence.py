"""A sentence for people that can still be translated.

The template is English and marked with `core.words.N_` where it is written; whoever shows it
translates the template and fills in the fields. Nothing is translated here.
"""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

Value = str | int | float
"""What is filled in. A float is a moment, seconds since 1970; an int is a number."""


class Sentence(Struct, frozen=True):
    """A sentence with its gaps.

    Attributes:
        template: with ``{name}`` for every gap.
        fields: what goes into the gaps, by name. Texts may themselves be marked for translation
            (names of features and panels) and are to be looked up before they are filled in.
    """

    template: str
    fields: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        """The sentence in English, with dates as ISO 8601 has them (UTC)."""
        shown = {
            name: date(value) if isinstance(value, float) else value for name, value in self.fields
        }
        return self.template.format(**shown)


def sentence(template: str, **fields: Value) -> Sentence:
    """A sentence with what goes into its gaps."""
    return Sentence(template, tuple(fields.items()))


def english(sentences: tuple[Sentence, ...]) -> str:
    """Several sentences as one text in English."""
    return " ".join(map(str, sentences))


def date(moment: float) -> str:
    """The day of a moment in UTC, as ISO 8601 has it; the edge of the calendar beyond it."""
    try:
        return datetime.fromtimestamp(moment, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return "9999-12-31" if moment > 0 else "0001-01-01"
