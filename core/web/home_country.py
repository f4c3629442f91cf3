"""The country that this server is in, asked once in a request: several parts of a page need it."""

from __future__ import annotations

from typing import Final

from flask import g

from core.desk.own_country import own_country
from core.web.parts import parts
from core.web.visitor import visitor

_KEY: Final = "home_country"


def home_country() -> str:
    """ISO 3166-1 alpha-2 code, as set or detected; "" where it is not known.

    Raises:
        StoreError: the settings cannot be read.
    """
    if _KEY not in g:
        desk = parts().desk(visitor().who)
        setattr(g, _KEY, own_country(desk, desk.rules().resolved.server))
    return str(g.get(_KEY))
