"""Forms for settings in a test: made for a visitor, sent as browsers send them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from flask import g, render_template_string
from werkzeug.datastructures import MultiDict

from core.panel import Role, Viewer
from core.web.settings_form import SettingsForm
from core.web.sight import Sight
from core.web.visitor import Taste, Visitor
from tests.core.web.rig import Pages

PAGE = """{% import "parts/settings.html" as settings with context %}
{{ settings.start(sheet) }}{{ settings.fields(sheet, sheet.fields) }}{{ settings.save(sheet) }}"""


@contextmanager
def at_desk(pages: Pages, role: Role, login: str, language: str = "en") -> Iterator[None]:
    """A request of somebody, inside which forms can be made."""
    viewer = Viewer(role, login)
    with pages.app.test_request_context("/"):
        taste = Taste(language, "UTC", True, "auto")
        g.visitor = Visitor(viewer, Sight(viewer, pages.parts.directory), None, taste)
        yield


def drawn(sheet: SettingsForm) -> str:
    """The form as a page has it."""
    return render_template_string(PAGE, sheet=sheet)


def filled(page: str, **changes: Any) -> MultiDict[str, str]:
    """What a browser would send of a form.

    Args:
        page: with the form.
        changes: typed over it, underscores for the dots of settings' names, ``__inherit`` at the
            end for its tick; None for a tick taken away, a list for several.
    """
    reader = _Reader()
    reader.feed(page)
    found = reader.found
    for name, value in changes.items():
        key = re.sub("__", "-", name).replace("_", "-", 1) if "-" not in name else name
        found.setlist(key, [] if value is None else value if isinstance(value, list) else [value])
    return MultiDict([(key, value) for key, values in found.lists() for value in values])


class _Reader(HTMLParser):
    """Reads controls as a browser does when it sends them (HTML, form submission)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: MultiDict[str, str] = MultiDict()
        self._select = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "input" and name and (said.get("type") not in ("checkbox", "radio")):
            self.found.add(name, said.get("value") or "")
        elif tag == "input" and name and "checked" in said:
            self.found.add(name, said.get("value") or "on")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in said:
            self.found.add(self._select, said.get("value") or "")
        elif tag == "textarea":
            self._text = name
            self.found.add(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            before = self.found.get(self._text, "")
            self.found.setlist(self._text, [before + data])
