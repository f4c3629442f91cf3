"""A German visitor meets no English text, on any page that links lead to (E20)."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.panel import Role
from core.translations import messages
from core.translations.messages import forms
from tests.core.web.rig import pages_in
from tests.core.web.walls import crawl, fill

READ = {"title", "placeholder", "aria-label", "alt", "data-ask"}
TYPED = {"code", "kbd", "pre", "bdi", "title"}

BLANK = re.compile(r"%\([a-z_]+\)[0-9]*[a-z]|\{[a-z_]+\}")

ALSO_SHOWN = {"English", "default"}
"""A language's own name, and a value that is typed."""

VISITORS = [(Role.ADMIN, "root"), (Role.RESELLER, "rita"), (Role.CUSTOMER, "anna")]


class Shown(HTMLParser):
    """What somebody reads or hears, piece by piece."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._typed = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes; leave out what is typed, and names."""
        self._typed += tag in TYPED
        self.pieces += [" ".join((value or "").split()) for name, value in attrs if name in READ]

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        self._typed -= tag in TYPED

    def handle_data(self, data: str) -> None:
        """Text."""
        if not self._typed:
            self.pieces.append(" ".join(data.split()))


def english() -> tuple[frozenset[str], re.Pattern[str]]:
    """Texts that German has other words for: whole ones, and those with something filled in."""
    whole, filled = set(), []
    for message in messages.read("de"):
        for text, said in zip(forms(message.id), forms(message.string), strict=True):
            pieces = BLANK.split(text)
            if not text or text == said:
                continue
            if len(pieces) == 1:
                whole.add(" ".join(text.split()))
            elif max(len(re.findall(r"[a-z]{2,}", piece)) for piece in pieces) > 1:
                filled.append(".{1,300}?".join(re.escape(piece) for piece in pieces))
    # what is also a German text tells nothing
    german = {said for message in messages.read("de") for said in forms(message.string)}
    return frozenset(whole - german - ALSO_SHOWN), re.compile("|".join(filled))


@pytest.mark.parametrize("is_filled", [False, True], ids=["empty", "filled"])
def test_every_page_is_german(tmp_path: Path, is_filled: bool) -> None:
    whole, filled = english()
    with pages_in(tmp_path) as pages:
        if is_filled:
            fill(pages, time.time())
        for role, login in VISITORS:
            found = crawl(pages.visitor(role, login, language="de"), most=150)
            assert len(found) >= 10
            wrong = {
                (address, piece)
                for address, page in found.items()
                for piece in Shown(page.text).pieces
                if piece in whole or filled.fullmatch(piece)
            }
            assert wrong == set()


def test_the_same_pages_are_english_otherwise(tmp_path: Path) -> None:
    """So that the test above would see it."""
    whole, filled = english()
    with pages_in(tmp_path) as pages:
        fill(pages, time.time())
        pieces = Shown(pages.visitor(Role.ADMIN, "root", language="en").get("/log").text).pieces
        assert len([piece for piece in pieces if piece in whole]) > 50
        assert [piece for piece in pieces if filled.fullmatch(piece)]
