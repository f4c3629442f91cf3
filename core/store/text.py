"""Makes text from outside fit to be stored, logged and searched for.

Attribute values come from mail clients, so they hold whatever an attacker sends. Nothing here
decides what a value means.
"""

from __future__ import annotations

import re
from typing import Final

_LINE_BREAKERS: Final = re.compile("[\x7f-\x9f\u2028\u2029]")
"""What JSON leaves as it is but a terminal or ``str.splitlines`` acts on."""


def storable(text: str) -> str:
    """The text in a form that UTF-8, SQLite and PostgreSQL all take, unchanged where it can be.

    Undecodable bytes (PEP 383 surrogates) become ``\\udc80`` and the like, because UTF-8 has no
    form for them; NUL becomes ``\\x00``, because PostgreSQL stores none.
    """
    if text.isascii():
        return text.replace("\0", "\\x00") if "\0" in text else text
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def one_line(json_text: str) -> str:
    """JSON text in which nothing breaks the line and nothing commands a terminal.

    The control characters below the blank are escaped by every JSON encoder already; this escapes
    the rest, in JSON's own way, so that the text still means the same.
    """
    if json_text.isascii() and "\x7f" not in json_text:
        return json_text
    return _LINE_BREAKERS.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)
