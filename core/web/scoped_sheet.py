"""Bootstrap for pages that are printed within a panel's own page: it must not restyle the panel.

The installed sheet is wrapped into an `@scope` (CSS Cascading and Inheritance Level 6): its rules
then hold inside our element only. A browser that does not know `@scope` shows the page without
Bootstrap, which is plain but complete.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import flask_bootstrap

ELEMENT = ".mw-body"
"""What the layout for panels' bodies puts everything into."""

_ROOT = re.compile(r":root\b")
_THEME = re.compile(r"\[data-bs-theme=")
"""Our element itself has the theme; a bare selector in a scope means what is inside it."""

_BODY = re.compile(r"(?<=[},])body(?=[{,])")


@cache
def scoped_sheet() -> str:
    """The sheet; made once (230 kB)."""
    root = Path(flask_bootstrap.__file__).parent
    sheet = (root / "static" / "bootstrap5" / "css" / "bootstrap.min.css").read_text()
    return f"@scope ({ELEMENT}) {{\n{scoped(sheet)}\n}}\n"


def scoped(sheet: str) -> str:
    """A sheet whose rules for the whole page hold for the scope's own element instead."""
    without_charset = sheet.removeprefix('@charset "UTF-8";')
    themed = _THEME.sub(":is(:scope,:scope *)[data-bs-theme=", without_charset)
    return _BODY.sub(":scope", _ROOT.sub(":scope", themed))
