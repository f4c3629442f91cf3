"""Messages that survive a redirect: what has just been done, and how to take it back.

Without cookies, because a panel's frame may forbid them: the message travels in the address, signed
for the visitor, so that nobody can make our page say something.
"""

from __future__ import annotations

from typing import Any, Literal

from flask import g, redirect, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from msgspec import Struct
from werkzeug.wrappers import Response

from core.web.parts import parts
from core.web.visitor import visitor, visitor_or_none

SECONDS = 300
"""How long an address with a message shows it."""

PARAMETER = "told"
LONGEST = 600
"""Letters of a message; addresses have an end."""

Tone = Literal["good", "warn", "bad"]


class Notice(Struct, frozen=True):
    """One message.

    Attributes:
        text: for people, translated already.
        tone: how it looks.
        undo: audit entries that an undo button takes back.
    """

    text: str
    tone: Tone = "good"
    undo: tuple[int, ...] = ()


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(parts().secret, salt="mailward notice")


def tell(text: str, tone: Tone = "good", undo: tuple[int, ...] = ()) -> None:
    """Show a message on the page that this request ends at.

    Args:
        text: translated.
        tone: how it looks.
        undo: audit entries of the change just made, newest last.
    """
    g.setdefault("told", []).append(Notice(text[:LONGEST], tone, undo))


def back_to(endpoint: str, **values: Any) -> Response:
    """End a change: go to a page that shows what was told (RFC 9110 section 15.4.4)."""
    told = [[n.text, n.tone, n.undo] for n in g.get("told", [])]
    if told:
        who = visitor().session
        values[PARAMETER] = _serializer().dumps([who, told])
    return redirect(url_for(endpoint, **values), 303)


def notices() -> list[Notice]:
    """What the present page shows: told by this request, or by the one before its redirect."""
    found = list(g.get("told", []))
    given = request.args.get(PARAMETER, "")
    somebody = visitor_or_none()
    if given and somebody is not None:
        try:
            who, told = _serializer().loads(given, max_age=SECONDS)
        except (BadData, ValueError):
            return found
        if who == somebody.session:
            found += [Notice(text, tone, tuple(undo)) for text, tone, undo in told]
    return found
