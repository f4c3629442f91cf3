"""The catalogues are whole, in step with the sources, and compiled (E20)."""

from __future__ import annotations

import ast
import gettext
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from core.translations import messages
from core.translations.messages import forms

LANGUAGES = messages.languages()

SAME = {
    "codes", "dashboard", "domain", "domains", "h", "imap", "ipinfo", "mail", "mails",
    "maxmind", "min", "minute", "name", "panel", "pop3", "port", "problem", "reseller", "s",
    "server", "smtp", "submission", "system",
}  # fmt: skip
"""Words that German shares with English, but for capitals."""

NAMES = {
    "AbuseIPDB", "Abusix AuthBL", "Blocklist.de", "BruteForceBlocker", "CINS Army", "CrowdSec",
    "DShield", "Emerging Threats: compromised", "GreenSnow", "SpamRATS RATS-Auth",
    "Spamhaus AuthBL", "Turris Sentinel", "Webhook", "km/h", "name@example.org", "nftables",
}  # fmt: skip
"""What is called the same in every language."""

BLANK = re.compile(r"%\([a-z_]+\)[0-9]*[a-z]|\{[a-z_]+\}")
COMMAND = re.compile(r"`[^`]*`")
ENDS = ".?…:"
WORD = re.compile(r"[a-z][a-z0-9]*")


def texts(language: str) -> list[Message]:
    """Every text of a catalogue."""
    return [message for message in messages.read(language) if message.id]


def keys(catalog: Catalog) -> set[tuple[str, ...]]:
    """What a catalogue has."""
    return {forms(message.id) for message in catalog if message.id}


@pytest.fixture(scope="module")
def template() -> Catalog:
    """All texts of the sources."""
    return messages.collect()


def test_german_is_there() -> None:
    assert "de" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_has_what_the_sources_have(language: str, template: Catalog) -> None:
    """Else run ``./dev messages`` and translate what it prints."""
    assert keys(template) - keys(messages.read(language)) == set(), "not in the catalogue"
    assert keys(messages.read(language)) - keys(template) == set(), "no longer in the sources"


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_written_as_the_tool_writes_it(language: str, template: Catalog) -> None:
    """So that the next update changes nothing that nobody changed."""
    written = messages.path_of(language).read_text(encoding="utf-8")
    assert messages.update(language, template) == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated(language: str) -> None:
    assert messages.missing(language) == []
    assert [m.id for m in texts(language) if m.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_file_is_the_catalogue(language: str) -> None:
    compiled = messages.path_of(language).with_suffix(".mo").read_bytes()
    assert compiled == messages.compiled(language)
    with BytesIO(compiled) as file:
        read = gettext.GNUTranslations(file)
    for message in texts(language):
        if isinstance(message.id, str):
            assert read.gettext(message.id) == message.string
        else:
            one, many = message.id
            assert [read.ngettext(one, many, n) for n in (1, 2)] == list(forms(message.string))


@pytest.mark.parametrize("language", LANGUAGES)
def test_blanks_are_the_same(language: str) -> None:
    """What is filled in is what the English text has, be it more or less often."""
    wrong = []
    for message in texts(language):
        said, wanted = forms(message.string), forms(message.id)
        for index, form in enumerate(said):
            english = set(BLANK.findall(wanted[min(index, len(wanted) - 1)]))
            if set(BLANK.findall(form)) != english and form:
                wrong.append((message.id, form))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_every_form(language: str) -> None:
    count = messages.read(language).num_plurals
    plurals = [message for message in texts(language) if message.pluralizable]
    assert plurals
    assert [m.id for m in plurals if len(list(filter(None, forms(m.string)))) != count] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_edges_are_the_same(language: str) -> None:
    """A sentence stays one, a heading too, and blanks at the ends are kept."""
    wrong = []
    for message in texts(language):
        for english, said in zip(forms(message.id), forms(message.string), strict=False):
            end = english[-1] if english[-1] in ENDS else ""
            is_sentence = said[-1:] in ENDS and said[-1:] != ":"
            if not said.endswith(end) or is_sentence > bool(end) or said != said.strip():
                wrong.append((english, said))
    assert wrong == []


def test_german_is_not_english() -> None:
    same = [
        english
        for message in texts("de")
        for english, said in zip(forms(message.id), forms(message.string), strict=True)
        if english.casefold() == said.casefold()
    ]
    words = {english: WORD.findall(BLANK.sub("", english.casefold())) for english in same}
    assert {english for english, found in words.items() if set(found) - SAME} == NAMES
    assert SAME - {word for found in words.values() for word in found} == set()


def test_german_speaks_as_its_glossary_says() -> None:
    """Sie-form, German quotation marks, no exclamation marks, and no word beside the glossary's."""
    wrong = re.compile(
        r"[!\"]|(?<!-)\b(du|dein|deine|dich|dir|mailbox|email|e-mail|account|whitelist"
        r"|blacklist|reisepass)\b",
        re.IGNORECASE,
    )
    said = [form for message in texts("de") for form in forms(message.string)]
    assert [form for form in said if wrong.search(COMMAND.sub("", BLANK.sub("", form)))] == []


def test_the_same_sources_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "de" / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(messages.path_of("de").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(messages, "HERE", tmp_path)
    seen = []
    for _ in range(2):
        messages.main()
        seen.append((path.read_bytes(), path.with_suffix(".mo").read_bytes()))
    assert seen[0] == seen[1]
    assert b"POT-Creation-Date" not in seen[0][0] + seen[0][1]


def test_a_language_is_begun_and_what_is_gone_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small = Catalog(charset="utf-8")
    small.add(("%(num)s day", "%(num)s days"))
    small.add("Server")
    monkeypatch.setattr(messages, "HERE", tmp_path)
    monkeypatch.setattr(messages, "collect", lambda: small)
    messages.main(["pl"])
    path = messages.path_of("pl")
    begun = path.read_text(encoding="utf-8")
    assert "Mailward in Polish" in begun
    assert "nplurals=3" in begun
    assert "pl: 2 texts, 2 without translation" in capsys.readouterr().out

    path.write_text(begun.replace('"Server"\nmsgstr ""', '"Server"\nmsgstr "Serwer"'), "utf-8")
    small.delete(("%(num)s day", "%(num)s days"))
    small.add("New")
    messages.main()
    kept = path.read_text(encoding="utf-8")
    assert 'msgstr "Serwer"' in kept
    assert "day" not in kept
    assert "pl: 2 texts, 1 without translation\n  New" in capsys.readouterr().out


def test_no_text_is_glued_together() -> None:
    """The tools find only plain texts: a choice or a sum inside the call is lost."""
    wrong = []
    for path in sorted(messages.SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in messages.KEYWORDS:
                count = 2 if _name(node.func) == "ngettext" else 1
                wrong += [
                    f"{path.relative_to(messages.SOURCES)}:{node.lineno}"
                    for argument in node.args[:count]
                    if isinstance(argument, ast.IfExp | ast.BinOp | ast.JoinedStr | ast.BoolOp)
                ]
    assert wrong == []


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
