"""Keeps the catalogues in step with the sources: extracts, updates, compiles (``./dev messages``).

The same sources and the same catalogue give the same bytes: no dates, no line numbers, no version
of the tool. What stands at the head of a catalogue (the glossary, and gettext's own header) is its
translators' and is kept as it is. Nothing imports this at run time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po
from rich.console import Console

SOURCES: Final = Path(__file__).resolve().parent.parent
HERE: Final = Path(__file__).resolve().parent

METHODS: Final = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
"""What is looked through, and how."""

KEYWORDS: Final[dict[str, tuple[int, ...] | None]] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}
"""Function -> which of its arguments people read; None for the first."""

HEAD: Final = """\
# Mailward in %(name)s.
#
# Glossary:
#
msgid ""
msgstr ""
"Language: %(language)s\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: %(plural)s\\n"
"""
"""How a new catalogue begins."""

WIDTH: Final = 100


class _Plain(Catalog):
    """A catalogue whose header has no date and no tool in it."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """What gettext needs to know, and no more."""
        return [
            ("Language", str(self.locale_identifier)),
            ("Plural-Forms", str(self.plural_forms)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


def collect() -> Catalog:
    """All texts that people read, as the sources have them."""
    found = Catalog(charset="utf-8")
    for _, _, message, _, context in extract_from_dir(SOURCES, METHODS, keywords=KEYWORDS):
        found.add(message, context=context)
    return found


def languages() -> list[str]:
    """Languages that have a catalogue."""
    return sorted(path.parent.parent.name for path in HERE.glob("*/LC_MESSAGES/messages.po"))


def path_of(language: str) -> Path:
    """The catalogue that people write."""
    return HERE / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """A language's catalogue.

    Raises:
        PoFileError: it is not well formed.
    """
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, charset="utf-8", abort_invalid=True)


def head_of(language: str) -> str:
    """What stands before the first text; what a new catalogue begins with where there is none."""
    path = path_of(language)
    if path.exists():
        return path.read_text(encoding="utf-8").partition("\n\n")[0] + "\n"
    plural = get_plural(language)
    name = Locale.parse(language).english_name
    return HEAD % {"name": name, "language": language, "plural": plural.plural_forms}


def update(language: str, template: Catalog) -> str:
    """The catalogue with all texts of the sources and no others, as it is written.

    A text without translation stays empty; none is guessed from a similar one.

    Args:
        language: which.
        template: what `collect` found.
    """
    found = read(language) if path_of(language).exists() else Catalog(locale=language)
    found.update(template, no_fuzzy_matching=True, update_header_comment=False)
    found.obsolete.clear()
    body = BytesIO()
    write_po(body, found, width=WIDTH, no_location=True, omit_header=True, sort_output=True)
    return head_of(language) + "\n" + body.getvalue().decode().strip("\n") + "\n"


def compiled(language: str) -> bytes:
    """What gettext reads at run time, made from the catalogue."""
    plain = _Plain(locale=language, charset="utf-8")
    for message in read(language):
        if message.id:
            plain.add(message.id, message.string, flags=message.flags, context=message.context)
    made = BytesIO()
    write_mo(made, plain)
    return made.getvalue()


def missing(language: str) -> list[str]:
    """Texts that the language does not have yet."""
    return [
        forms(message.id)[0]
        for message in read(language)
        if message.id and (message.fuzzy or not all(forms(message.string) or ("",)))
    ]


def forms(said: Iterable[str] | None) -> tuple[str, ...]:
    """The forms of a text: one, or singular and plural; none where there is none.

    Args:
        said: ``id`` or ``string`` of a message.
    """
    return (said,) if isinstance(said, str) else tuple(said or ())


def main(begin: Sequence[str] = ()) -> None:
    """Bring every catalogue up to date.

    Args:
        begin: languages that get a catalogue.
    """
    out = Console(highlight=False, markup=False, soft_wrap=True)
    template = collect()
    for language in sorted({*languages(), *begin}):
        text = update(language, template)
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        path_of(language).write_text(text, encoding="utf-8")
        path_of(language).with_suffix(".mo").write_bytes(compiled(language))
        empty = missing(language)
        out.print(f"{language}: {len(template)} texts, {len(empty)} without translation")
        for each in empty:
            out.print(f"  {each}")


if __name__ == "__main__":
    main(sys.argv[1:])
