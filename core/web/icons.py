"""Icons, drawn into the page from the installed icon set, so that no icon font is loaded."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import flask_bootstrap
from markupsafe import Markup

_SYMBOL = re.compile(
    r'<symbol class="[^"]*" viewBox="([^"]+)" id="([^"]+)">(.*?)</symbol>', re.DOTALL
)


@cache
def _symbols() -> dict[str, tuple[str, str]]:
    """Every icon's view box and paths. The file is the library's own, read once (5 ms)."""
    root = Path(flask_bootstrap.__file__).parent
    sprite = root / "static" / "bootstrap5" / "icons" / "bootstrap-icons.svg"
    return {name: (box, body) for box, name, body in _SYMBOL.findall(sprite.read_text())}


def icon(name: str, label: str = "") -> Markup:
    """An icon of the set of Bootstrap Icons.

    Args:
        name: as on the set's page, e.g. ``shield-check``.
        label: what it means, where no text beside it says so.

    Raises:
        LookupError: the set has no such icon.
    """
    box, body = _symbols()[name]
    spoken = (
        Markup('role="img" aria-label="{}"').format(label)
        if label
        else Markup('aria-hidden="true"')
    )
    return Markup(
        '<svg class="icon" width="16" height="16" fill="currentColor" viewBox="{}" {}>{}</svg>'
    ).format(box, spoken, Markup(body.strip()))  # noqa: S704  the library's own drawing
