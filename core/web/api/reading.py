"""Reads what a program sends, and says exactly what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from werkzeug.datastructures import MultiDict

from core.web.api.operation import Failure

_PLACE = re.compile(r" - at `\$\.?([^`]*)`$")
_TRUTH = {"true": True, "false": False, "1": True, "0": False}


class Unreadable(Exception):
    """Something sent is not as it should be.

    Attributes:
        failure: what, for the program.
    """

    def __init__(self, error: str, field: str = "") -> None:
        super().__init__(error)
        self.failure = Failure(error, field)


def read_query(kind: type[Struct], given: MultiDict[str, str]) -> Any:
    """The query as the operation's type; a list may be given by repeating its name.

    Raises:
        Unreadable: a name is unknown, a value bad, or a single value was given twice.
    """
    known = {field.name: field for field in msgspec.structs.fields(kind)}
    found: dict[str, Any] = {}
    for name, values in given.lists():
        field = known.get(name)
        if field is None:
            raise Unreadable(f"there is no parameter {name!r}", name)
        if _is_list(field.type):
            found[name] = values
        elif len(values) > 1:
            raise Unreadable(f"{name} may be given once", name)
        else:
            is_truth = field.type is bool and values[0] in _TRUTH
            found[name] = _TRUTH[values[0]] if is_truth else values[0]
    return _converted(found, kind, strict=False)


def read_body(kind: type[Struct], payload: bytes) -> Any:
    """The body as the operation's type; no body is an empty object.

    Raises:
        Unreadable: it is no JSON, or not as the type wants it.
    """
    try:
        return msgspec.json.decode(payload or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise _unreadable(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"the body is no JSON: {error}") from error


def _converted(found: Mapping[str, Any], kind: type[Struct], *, strict: bool) -> Any:
    try:
        return msgspec.convert(found, kind, strict=strict)
    except msgspec.ValidationError as error:
        raise _unreadable(error) from error


def _unreadable(error: msgspec.ValidationError) -> Unreadable:
    text = str(error)
    place = _PLACE.search(text)
    return Unreadable(_PLACE.sub("", text), place[1] if place else "")


def _is_list(kind: Any) -> bool:
    origin = getattr(kind, "__origin__", None)
    if origin is not None and hasattr(kind, "__metadata__"):
        return _is_list(origin)
    return origin in (tuple, list, frozenset)
