"""Sessions of WHM and cPanel."""

from __future__ import annotations

from typing import Literal, NamedTuple

SESSIONS = "var/cpanel/sessions/raw"
"""The folder with a file for each."""

Service = Literal["whostmgr", "cpanel"]


class Session(NamedTuple):
    """Somebody who has logged in. name: of its file; token: what is in every address."""

    name: str
    user: str
    token: str
