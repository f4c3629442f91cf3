"""The limit in a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from core.settings.model import Settings
from core.settings.scope import override
from core.web.pages.limits_now import rule
from tests.core.web.rig import Pages


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "more than 150 mails within 5 minutes is blocked from sending for 6 hours."),
        ({"send.limit": 1, "send.seconds": 90}, "more than 1 mail within 90 seconds is blocked"),
        ({"send.unit": "recipients"}, "more than 150 recipients within"),
        ({"send.watch": True}, "nobody is blocked"),
    ],
)
def test_rule(pages: Pages, values: dict[str, Any], said: str) -> None:
    with pages.app.test_request_context():
        assert said in rule(override(Settings(), values))
