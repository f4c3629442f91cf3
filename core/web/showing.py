"""How a page is to be shown, said by a bridge that signs nothing.

It decides where addresses lead and in which language a page is written, and nothing about who is
asking: that is the panel's to say (`core.panel.Panel.viewer`).
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

import msgspec

from core.panel import Viewer
from core.web.bridge import Claim

SHOWING: Final = "X-Mailward-Showing"
"""Header written like a query: ``prefix=/a/b&layout=frame&parameter=r&session=…``."""

LARGEST: Final = 8192
_FIELDS: Final = frozenset(
    {"session", "prefix", "layout", "parameter", "language", "zone", "address"}
)


class Unreadable(Exception):
    """The header cannot be read; the text says why."""


def claim_for(viewer: Viewer, header: str) -> Claim:
    """The claim for somebody whom the panel knows.

    Args:
        viewer: who it is; what is said of language and time zone there comes first.
        header: what the bridge says of showing, "" where it says nothing.

    Raises:
        Unreadable: there is something in it that does not belong there.
    """
    if len(header) > LARGEST:
        raise Unreadable("it is too long")
    try:
        said = dict(parse_qsl(header, keep_blank_values=True, strict_parsing=bool(header)))
    except ValueError as error:
        raise Unreadable(str(error)) from error
    strange = said.keys() - _FIELDS
    if strange:
        raise Unreadable(f"there is no field {min(strange)!r}")
    whole = said | {"role": viewer.role.value, "login": viewer.login}
    for name in ("language", "zone"):
        whole[name] = getattr(viewer, name) or said.get(name, "")
    try:
        return msgspec.convert(whole, Claim)
    except msgspec.ValidationError as error:
        raise Unreadable(str(error)) from error
