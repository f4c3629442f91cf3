"""Undo: by whoever may make the change, while nobody has changed it since (E21)."""

from __future__ import annotations

from html import unescape

import pytest

from tests.core.web.rig import Pages

DOMAIN = ("domain", "alpha.example")


def _set(pages: Pages, scope: tuple[str, str], **values: object) -> str:
    named = {name.replace("_", ".", 1): value for name, value in values.items()}
    return ",".join(map(str, pages.parts.store.settings.change(scope, named, "somebody", 1.0)))


def test_change_is_taken_back_and_told(pages: Pages) -> None:
    entries = _set(pages, DOMAIN, country_mode="allow")
    assert pages.customer.post("/undo", entries=entries).status_code == 303
    assert pages.parts.store.settings.all() == {}


@pytest.mark.parametrize(
    ("back", "page"),
    [("log", "/log"), ("", "/overview"), ("security", "/overview"), ("<b>", "/overview")],
)
def test_it_ends_where_it_began_and_says_what_was_done(pages: Pages, back: str, page: str) -> None:
    """E21: on the page of the button, if that is the visitor's."""
    entries = _set(pages, DOMAIN, country_mode="allow")
    answer = pages.customer.post("/undo", entries=entries, back=back)
    assert answer.headers["Location"].partition("?")[0] == page
    assert "Taken back:" in pages.customer.follow(answer).text


def _told(pages: Pages, entries: str) -> str:
    answer = pages.admin.follow(pages.admin.post("/undo", entries=entries))
    return " ".join(unescape(answer.text).split())


def test_it_is_told_in_the_words_of_the_pages(pages: Pages) -> None:
    """E21: not by the names of the configuration."""
    said = _told(pages, _set(pages, DOMAIN, country_mode="allow"))
    assert (
        "Taken back: Country rule (domain alpha.example): "
        "allow only the countries listed → not set" in said
    )
    assert "country.mode" not in said


def test_of_a_list_only_what_changed_is_told(pages: Pages) -> None:
    _set(pages, ("server", ""), country_list=["DE", "AT"])
    said = _told(pages, _set(pages, ("server", ""), country_list=["DE", "FR"]))
    assert "Taken back: Countries listed (the server): added: Austria; taken away: France" in said


def test_of_a_long_list_only_the_beginning_is_told(pages: Pages) -> None:
    many = ["AT", "BE", "CH", "DE", "FR", "GB", "SZ"]
    said = _told(pages, _set(pages, ("server", ""), country_list=many))
    assert "taken away: " in said.partition("Taken back:")[2]
    assert "United Kingdom" not in said.partition("Taken back:")[2].partition("<")[0]
    assert "…" in said.partition("Taken back:")[2].partition("<")[0]


def test_change_that_was_followed_by_another_stays(pages: Pages) -> None:
    entries = _set(pages, DOMAIN, country_mode="allow")
    _set(pages, DOMAIN, country_mode="refuse")
    pages.customer.post("/undo", entries=entries)
    assert pages.parts.store.settings.all()[DOMAIN] == {"country.mode": "refuse"}


@pytest.mark.parametrize("scope", [("server", ""), ("domain", "delta.example")])
def test_nobody_takes_back_what_is_not_theirs(pages: Pages, scope: tuple[str, str]) -> None:
    """E22"""
    entries = _set(pages, scope, country_mode="refuse")
    assert pages.customer.post("/undo", entries=entries).status_code in (403, 404)
    assert pages.parts.store.settings.all()[scope] == {"country.mode": "refuse"}


@pytest.mark.parametrize("entries", ["", "x", "1;2", "1,,2", "-1", "9" * 40])
def test_nonsense_is_refused(pages: Pages, entries: str) -> None:
    assert pages.admin.post("/undo", entries=entries).status_code == 400
