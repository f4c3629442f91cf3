"""Everything out and in again, with a preview and an undo (E20)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import msgspec
import pytest

from tests.core.web.rig import Pages, json_of

SERVER = ("server", "")
ALPHA = ("domain", "alpha.example")
KEY = "a-secret-key"


def _document(**values: Any) -> str:
    named = {name.replace("_", ".", 1): value for name, value in values.items()}
    scopes = [{"level": "server", "name": "", "values": named}]
    return msgspec.json.encode({"mailward_settings": 1, "scopes": scopes}).decode()


def _set(pages: Pages, scope: tuple[str, str] = SERVER, **values: Any) -> None:
    named = {name.replace("_", ".", 1): value for name, value in values.items()}
    pages.parts.store.settings.change(scope, named, "x", 1.0)


def _shown(text: str) -> str:
    found = re.search(r'name="shown" value="([0-9a-f]+)"', text)
    assert found, text
    return found[1]


def test_export_leaves_secrets_out_unless_asked(pages: Pages) -> None:
    """E20, E22"""
    _set(pages, send_limit=7, data_maxmind_key=KEY)
    answer = pages.admin.get("/system/exchange/settings.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert json_of(answer)["scopes"] == [
        {"level": "server", "name": "", "values": {"send.limit": 7}}
    ]
    assert KEY in pages.admin.get("/system/exchange/settings.json", secrets="1").text
    assert KEY not in pages.admin.get("/system/exchange").text


def test_preview_shows_every_difference_and_changes_nothing(pages: Pages) -> None:
    _set(pages, send_limit=7)
    _set(pages, ALPHA, country_list=["AT", "DE"])
    text = unescape(pages.admin.post("/system/exchange", document=_document(send_limit=9)).text)
    assert ">7<" in text.replace("7 mails", "7")
    assert "domain alpha.example" in text
    assert "\N{MINUS SIGN} Austria" in text
    assert "Make 2 changes" in text
    assert pages.parts.store.settings.all() == {
        SERVER: {"send.limit": 7},
        ALPHA: {"country.list": ["AT", "DE"]},
    }
    merged = pages.admin.post("/system/exchange", document=_document(send_limit=9), merge="1").text
    assert "Make 1 change<" in merged


def test_what_was_shown_is_made_and_can_be_undone(pages: Pages) -> None:
    """E20, E21"""
    document = _document(send_limit=9, country_mode="allow")
    shown = _shown(pages.admin.post("/system/exchange", document=document, why="moved").text)
    answer = pages.admin.post(
        "/system/exchange/import", document=document, why="moved", shown=shown, merge="0"
    )
    assert answer.status_code == 303
    text = pages.admin.follow(answer).text
    assert "2 settings changed." in text
    assert "moved" in text
    assert 'action="/undo"' in text
    assert pages.parts.store.settings.all()[SERVER] == {"send.limit": 9, "country.mode": "allow"}


def test_what_became_another_meanwhile_is_shown_again(pages: Pages) -> None:
    document = _document(send_limit=9)
    shown = _shown(pages.admin.post("/system/exchange", document=document).text)
    _set(pages, send_limit=5)
    answer = pages.admin.post("/system/exchange/import", document=document, shown=shown)
    assert answer.status_code == 200
    assert "Settings were changed meanwhile" in answer.text
    assert pages.parts.store.settings.all()[SERVER] == {"send.limit": 5}
    for forged in ("", "0" * 64):
        pages.admin.post("/system/exchange/import", document=document, shown=forged)
    assert pages.parts.store.settings.all()[SERVER] == {"send.limit": 5}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("", "Paste a document"),
        ("<script>", "this is no export of Mailward's settings"),
        ("[" * 5000, "this is no export"),
        (_document(send_limit=-1), "nothing was changed"),
        (_document(no_such=1), "there is no such setting"),
        ('{"mailward_settings": 99, "scopes": []}', "the document has format 99"),
    ],
)
@pytest.mark.parametrize("route", ["/system/exchange", "/system/exchange/import"])
def test_bad_document_is_told_and_kept(pages: Pages, route: str, document: str, says: str) -> None:
    answer = pages.admin.post(route, document=document)
    assert answer.status_code == 422
    assert 'id="document-fault"' in answer.text
    assert says in unescape(answer.text)
    assert "<script>" not in answer.text
    assert document in unescape(answer.text)


def test_same_settings_are_nothing_to_do(pages: Pages) -> None:
    _set(pages, send_limit=7)
    document = pages.admin.get("/system/exchange/settings.json").text
    assert (
        "everything is as the document says"
        in pages.admin.post("/system/exchange", document=document).text
    )


def test_document_survives_the_way_through_the_form(pages: Pages) -> None:
    """Browsers drop a newline right after the opening of a textarea (HTML 13.1.2.5)."""
    text = pages.admin.post("/system/exchange", document="\n\nx").text
    found = re.search(r'<textarea[^>]*id="document"[^>]*>\n(.*?)</textarea>', text, re.DOTALL)
    assert found is not None
    assert found[1].replace("\r", "") == "\n\nx"
