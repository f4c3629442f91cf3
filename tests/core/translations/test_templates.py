"""Templates hold no text for people outside `_()` (E20)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from core.translations import messages

TEMPLATES = messages.SOURCES / "web" / "templates"

FILLED = "\x1a"
"""Stands for what a template computes."""

READ = {"title", "placeholder", "aria-label", "aria-description", "alt", "label", "summary"}
"""Attributes that people read or hear."""

TYPED = {"code", "kbd", "pre", "samp"}
"""Elements whose text is typed or read as it is, in every language."""

NAMES = {
    "Mailward",
    "JSON",
    "CSV",
    "TOML",
    "IPv4",
    "IPv6",
    "MB",
    "UTC",
    "URL",
    "AS",
    "API",
    "Python",
}
"""Words that are the same in every language."""

TRANSLATING = {"_", "gettext", "ngettext", "lazy_gettext"}

LETTERS = re.compile(r"[^\W\d_]{2,}")

AS_IT_IS = re.compile(
    r'is-invalid"?|[a-z-]+="[^"]*"?|"'  # attributes that a macro gives an element
    r"|\S*@\S*|\S*\.example\S*|\.lst\b|^\{.*\}$|^root \(admin\)$"  # examples of what is typed
)


def files() -> list[str]:
    """Every template."""
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))


def outline(source: str) -> str:
    """The markup of a template, with what is computed replaced; lines stay where they are."""
    parts, inside = [], ""
    for _, kind, value in Environment().lex(source):
        if kind == "data":
            parts.append(value)
            continue
        if kind.endswith("_begin"):
            inside = kind
            parts.append(FILLED if kind == "variable_begin" else "")
        parts.append("\n" * value.count("\n"))
    assert inside or "{{" not in source
    return "".join(parts)


class Visible(HTMLParser):
    """Collects what people would read, with its line."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._typed = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes; remember what is typed as it is."""
        self._typed += tag in TYPED
        for name, value in attrs:
            if name in READ:
                self._note(value or "")

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        self._typed -= tag in TYPED

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._typed:
            self._note(data)

    def _note(self, text: str) -> None:
        left = AS_IT_IS.sub("", text)
        words = [word for word in LETTERS.findall(left) if word not in NAMES]
        if words:
            self.found.append((self.getpos()[0], " ".join(text.split())))


def visible(source: str) -> list[tuple[int, str]]:
    """What people would read of a template that is not computed."""
    parser = Visible()
    parser.feed(outline(source))
    parser.close()
    return parser.found


@pytest.mark.parametrize("name", files())
def test_no_text_stands_outside(name: str) -> None:
    assert visible((TEMPLATES / name).read_text(encoding="utf-8")) == []


def said(source: str) -> Iterator[tuple[int, str]]:
    """Constants of a template's expressions that look like a text for people."""
    tree = Environment(extensions=["jinja2.ext.do"]).parse(source)
    translated = {
        id(constant)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATING
        for argument in call.args[: 2 if call.node.name == "ngettext" else 1]
        for constant in [argument]
    }
    for constant in tree.find_all(nodes.Const):
        text = constant.value
        if id(constant) not in translated and isinstance(text, str):
            is_sentence = re.match(r"[A-ZÄÖÜ“][^\W\d_]*[ ,.:]?", text) and LETTERS.search(text)
            if is_sentence and set(LETTERS.findall(text)) - NAMES:
                yield constant.lineno, text


@pytest.mark.parametrize("name", files())
def test_no_text_is_handed_on_untranslated(name: str) -> None:
    """A macro that is given a title, for instance."""
    assert list(said((TEMPLATES / name).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("name", files())
def test_no_text_is_chosen_inside(name: str) -> None:
    """``_('a' if x else 'b')`` would never be collected."""
    tree = Environment(extensions=["jinja2.ext.do"]).parse(
        (TEMPLATES / name).read_text(encoding="utf-8")
    )
    wrong = [
        call.lineno
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATING
        for argument in call.args[: 2 if call.node.name == "ngettext" else 1]
        if isinstance(argument, nodes.CondExpr | nodes.Concat | nodes.BinExpr)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{{ _('Hello') }}</p>", []),
        ("<p{% if x %} class='Big'{% endif %}>{{ n }} 3</p>", []),
        ('<input placeholder="your name">', ["your name"]),
        ('<a title="{{ _("Go") }}" href="/there">{# a remark #}</a>', []),
        ("<code>mailward update</code> Mailward", []),
        ("{{ n }} logins", [f"{FILLED} logins"]),
    ],
)
def test_what_people_would_read_is_found(source: str, expected: list[str]) -> None:
    assert [text for _, text in visible(source)] == expected


def test_what_is_handed_on_is_found() -> None:
    source = "{{ card('A title') }}{{ icon('arrow') }}{{ _('Marked') }}{{ x('JSON') }}"
    assert [text for _, text in said(source)] == ["A title"]


def scripts() -> list[Path]:
    """Our scripts."""
    return sorted((messages.SOURCES / "web" / "static").glob("*.js"))


@pytest.mark.parametrize("path", scripts(), ids=lambda path: path.name)
def test_scripts_say_nothing_of_their_own(path: Path) -> None:
    """What a script shows stands in the page, translated, in a data attribute."""
    strings = re.findall(r"'([^'\n]*)'|\"([^\"\n]*)\"|`([^`]*)`", path.read_text(encoding="utf-8"))
    texts = [one or two or three for one, two, three in strings]
    assert [text for text in texts if re.match(r"[A-Z][a-z]+ [a-z]", text)] == []
