"""Complaints of the rooms below, in the visitor's language (E20)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import SettingError
from core.settings import fields
from core.web import complaints
from core.web.complaints import SENTENCES, said
from tests.core.web.rig import Pages

CORE = Path(complaints.__file__).parent.parent

FROM_ELSEWHERE = {
    "Connection refused",
    "No such file or directory",
    "Permission denied",
    "no mail server that can be asked to ask us is installed here",
    "there is no such setting",
    "{count} own fault, each of which let a request pass",
    "{count} own faults, each of which let a request pass",
    "{address} is in {place}: is not among the allowed",
    "{address} is in {place}: is refused",
    "{count} messages within {seconds} seconds, {limit} are permitted",
    "{count} recipients within {seconds} seconds, {limit} are permitted",
    "{entry} is exempt ({comment})",
    "{entry} is exempt",
    "{address} is in {entry}",
    "must be at least {number}",
    "must be at most {number}",
}
"""Words of the system, and those that are put together in more than one step."""

BLANK = re.compile(r"\{\w*\}")


def texts() -> Iterator[str]:
    """Every text of the rooms below, with ``{}`` for what is filled in."""
    for path in CORE.rglob("*.py"):
        if "web" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value
                elif isinstance(node, ast.JoinedStr):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "{}"
                        for part in node.values
                    )


def test_every_sentence_is_still_said_by_somebody() -> None:
    known = [re.sub(r"'\{\}'|\{\{\}\}", "{}", text) for text in texts()]
    stale = [
        sentence
        for sentence in SENTENCES
        if sentence not in FROM_ELSEWHERE
        and not any(
            text == (bare := BLANK.sub("{}", sentence))
            or text.endswith((": " + bare, "{}" + bare.removeprefix("{}")))
            for text in known
        )
    ]
    assert stale == []


@pytest.mark.parametrize(
    ("name", "value", "german"),
    [
        ("country.list", ["XX"], "Länder der Liste: XX ist kein Ländercode (ISO 3166)"),
        ("notify.address", "nobody", "Mailadresse des Administrators: muss eine Mailadresse sein"),
        (
            "exempt.addresses",
            [{"entry": "0.0.0.0/0"}],
            "Ausgenommene Adressen: 0.0.0.0/0 würde alle ausnehmen",
        ),
    ],
)
def test_what_a_setting_refuses_is_said_with_its_title(
    pages: Pages, name: str, value: object, german: str
) -> None:
    with pytest.raises(SettingError) as refused:
        fields.check(name, value, "server")
    assert in_german(pages, refused.value) == german


@pytest.mark.parametrize(
    ("english", "german"),
    [
        (
            "the daemon cannot be reached at unix:/run/x.sock: Permission denied",
            "der Mailward-Dienst ist unter unix:/run/x.sock nicht erreichbar: keine Berechtigung",
        ),
        ("change 7 was followed by another: a: b", "auf Änderung 7 folgte eine weitere: a: b"),
        (
            "203.0.113.7 is in IN and US: is not among the allowed",
            "203.0.113.7 gehört zu IN and US: nicht unter den erlaubten",
        ),
        (
            "151 messages within 300 seconds, 150 are permitted",
            "151 Mails in 300 Sekunden, erlaubt sind 150",
        ),
        (
            "203.0.113.7 is in AS16276 (OVH, hosting)",
            "203.0.113.7 gehört zu AS16276 (OVH, hosting)",
        ),
        ("asn.mmdb is missing", "asn.mmdb fehlt"),
        ("something {odd} that 100% nobody listed", "something {odd} that 100% nobody listed"),
        ("%(account)s is missing", "%(account)s fehlt"),
        ("", ""),
    ],
)
def test_each_is_known_by_its_words(pages: Pages, english: str, german: str) -> None:
    assert in_german(pages, english) == german


def test_english_stays_as_it_was(pages: Pages) -> None:
    with pages.app.test_request_context(headers={"Accept-Language": "en"}):
        for sentence in SENTENCES:
            text = BLANK.sub("x", sentence)
            assert said(text) == text


def in_german(pages: Pages, complaint: object) -> str:
    """What a German visitor is told."""
    with pages.app.test_request_context(headers={"Accept-Language": "de"}):
        return said(complaint)
