"""The plain text and the HTML say the same, and nothing in them is markup but ours."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from core.notify.report_document import WIDTH, Document, Link, Section, Table, html, plain

LONG = "word " * 60

DOCUMENT = Document(
    language="en",
    subject="A subject",
    lines=("First.", LONG.strip()),
    sections=(
        Section(
            title="A title",
            lines=("A line.",),
            points=("A point.", LONG.strip()),
            table=Table(("name", "count"), (("Germany", "1"), ("Oman", "1,000")), frozenset({1})),
            after=("After it.",),
            link=Link("More", "https://mx.test/x?a=1&b=2"),
        ),
    ),
    foot=("The end.",),
)


class _Seen(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, set[str]] = {}
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.text += " "
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


def test_numbers_stand_below_each_other() -> None:
    """As in a table."""
    assert "  name     count\n  Germany      1\n  Oman     1,000\n" in plain(DOCUMENT)


def test_text_is_as_wide_as_a_terminal() -> None:
    """RFC 5322 2.1.1; links stay whole."""
    found = plain(DOCUMENT)
    assert max(map(len, found.splitlines())) <= WIDTH
    assert "More: https://mx.test/x?a=1&b=2\n" in found
    assert "  * A point.\n  * word" in found


def test_the_page_says_the_same() -> None:
    """Whichever part a mail program shows."""
    seen = _Seen(html(DOCUMENT))
    words = seen.text.split()
    for word in plain(DOCUMENT).split():
        if word.strip("-*") and not word.startswith(("https:", "More")):
            assert word in words, word
    assert seen.attributes["href"] == {"https://mx.test/x?a=1&b=2"}
    assert seen.attributes["lang"] == {"en"}


def test_the_page_needs_nothing_from_elsewhere() -> None:
    """D10: no remote pictures, and nobody learns who has read it."""
    seen = _Seen(html(DOCUMENT))
    assert not {"img", "script", "link", "iframe", "object", "form"} & set(seen.tags)
    assert not {"src", "srcset", "background", "onclick"} & set(seen.attributes)
    assert "url(" not in html(DOCUMENT)


HOSTILE = st.text(max_size=30) | st.sampled_from(
    ["<script>alert(1)</script>", '"><img src=x>', "&lt;", "</td>", "--><b>", "]]>"]
)


@given(HOSTILE, HOSTILE)
def test_what_comes_from_outside_is_text(first: str, second: str) -> None:
    """Login names, names of networks, refusal texts."""
    section = Section(
        title=first,
        lines=(second,),
        points=(first,),
        table=Table((first, second), ((second, first),)),
        link=Link(first, f"https://mx.test/{second}"),
    )
    hostile = Document(language="en", subject=first, lines=(second,), sections=(section,))
    harmless = _Seen(html(DOCUMENT)).tags
    assert set(_Seen(html(hostile)).tags) <= set(harmless)
    assert plain(hostile)
