"""The OpenAPI document, made from the operations themselves (OpenAPI 3.1.0)."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import Struct

from core import __version__
from core.web.api.operation import Empty, Failure, Operation

_REFERENCE = "#/components/schemas/{name}"
_GAP = re.compile(r"{([a-z_]+)}")

FAILURES = {
    "400": "What was sent cannot be read, or is not legal; nothing was changed.",
    "401": "There is no token, or it is not good.",
    "403": "The token may not do this, or the feature is off.",
    "404": "It is not there, or it is somebody else's.",
    "409": "Somebody else has changed it meanwhile; nothing was changed.",
    "413": "The request is too large.",
    "503": "The daemon or the store cannot be reached just now.",
}


def document(operations: tuple[Operation, ...], root: str) -> dict[str, Any]:
    """The document.

    Args:
        operations: all of them.
        root: the address below which their paths are.
    """
    kinds = [kind for each in operations for kind in (each.query, each.body, each.answer)]
    schemas, components = msgspec.json.schema_components([*kinds, Failure], ref_template=_REFERENCE)
    described = dict(zip(map(id, [*kinds, Failure]), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(
            each, described, components
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Mailward",
            "version": __version__,
            "description": "What the pages can do, for programs. Send a token of the System page "
            "as `Authorization: Bearer TOKEN`. Times are seconds since 1970 (UTC).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": root}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(
    operation: Operation, described: dict[int, Any], components: dict[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": _description(operation),
        "parameters": [*_path(operation), *_query(operation.query, components)],
        "responses": {
            "200": {
                "description": "Done.",
                "content": {"application/json": {"schema": described[id(operation.answer)]}},
            },
            **{
                code: {
                    "description": text,
                    "content": {"application/json": {"schema": described[id(Failure)]}},
                }
                for code, text in FAILURES.items()
            },
        },
    }
    if operation.body is not Empty:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": described[id(operation.body)]}},
        }
    return found


def _description(operation: Operation) -> str:
    who = ", ".join(sorted(operation.roles))
    return f"{operation.text} For tokens of: {who}.".strip()


def _path(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": 320},
        }
        for name in _GAP.findall(operation.path)
    ]


def _query(kind: type[Struct], components: dict[str, Any]) -> list[dict[str, Any]]:
    if kind is Empty:
        return []
    schema = components[kind.__name__]
    required = set(schema.get("required", ()))
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": each,
            "style": "form",
            "explode": True,
        }
        for name, each in schema["properties"].items()
    ]
