"""docs/webhooks.md: its example checks our signatures, and its document is ours."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from core.notify import webhook_event
from core.notify.webhook_sign import signature

TEXT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text("utf-8")
SECRET = "0123456789abcdef"
BODY = b'{"kind":"block"}'


def block(language: str) -> str:
    """The only block in a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    return str(found)


@pytest.mark.parametrize(
    ("secret", "body", "age", "genuine"),
    [
        (SECRET, BODY, 0, True),
        (SECRET, BODY, 290, True),
        (SECRET, BODY, 310, False),
        (SECRET, BODY + b" ", 0, False),
        ("another secret..", BODY, 0, False),
    ],
)
def test_the_example_tells_ours_from_others(
    secret: str, body: bytes, age: float, genuine: bool
) -> None:
    """B14: whoever copies it is safe."""
    scope: dict[str, Any] = {}
    exec(block("python"), scope)
    header = signature(SECRET, BODY, time.time() - age)
    assert scope["is_genuine"](header, secret, body) is genuine
    assert scope["is_genuine"](f"{header},v1=00,v2", secret, body) is genuine


def test_nonsense_is_no_error_in_the_example() -> None:
    scope: dict[str, Any] = {}
    exec(block("python"), scope)
    for header in ("", "t=,v1=", "t=1", "v1=00", "t=x,v1=00", ",,=,"):
        assert not scope["is_genuine"](header, SECRET, BODY)


def test_the_document_has_the_names_that_are_promised() -> None:
    """And in this order, for people who read it."""
    shown = json.loads(block("json"))
    sent = json.loads(webhook_event.document(webhook_event.example(1.0), "h", "1", ""))
    assert list(shown) == list(sent)
    assert shown["schema"] == webhook_event.SCHEMA
