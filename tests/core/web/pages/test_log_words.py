"""What happened, in words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, cast

import pytest

from core.web.pages.log_words import code, explanation, reason_words, words
from core.words import Reason, Service, Stage, Verdict
from tests.core.web.pages.log_events import ALLOWED, event
from tests.core.web.rig import Pages


@pytest.fixture(autouse=True)
def in_a_request(pages: Pages) -> Iterator[None]:
    with pages.app.test_request_context("/log"):
        yield


@pytest.mark.parametrize(
    ("fields", "title", "why", "tone"),
    [
        ({}, "Login refused", "country not allowed", "bad"),
        ({"stage": Stage.CONNECT}, "Connection refused", "country not allowed", "bad"),
        (ALLOWED, "Login allowed", "", "good"),
        (
            {"verdict": Verdict.ALLOW, "reason": Reason.LOGIN_OK, "service": Service.IMAPS},
            "Logged in to read",
            "",
            "good",
        ),
        ({"verdict": Verdict.ALLOW, "reason": Reason.LOGIN_OK}, "Logged in", "", "good"),
        ({"verdict": Verdict.ALLOW, "reason": Reason.LOGIN_FAILED}, "Wrong password", "", "warn"),
        (
            {**ALLOWED, "would": "network_cloud"},
            "Login allowed",
            "would have been refused: hosting or cloud network",
            "warn",
        ),
        ({"would": "network_cloud"}, "Login refused", "country not allowed", "bad"),
        (
            {"stage": Stage.SEND, "verdict": Verdict.DEFER, "reason": Reason.SEND_LIMIT},
            "Mail refused, account blocked",
            "sent too many mails",
            "bad",
        ),
        (
            {"verdict": Verdict.ALLOW, "reason": Reason.FAULT},
            "Login allowed",
            "fault in Mailward",
            "warn",
        ),
    ],
)
def test_words(fields: dict[str, Any], title: str, why: str, tone: str) -> None:
    said = words(event(0, **fields))
    assert (said.title, said.why, said.tone) == (title, why, tone)


@pytest.mark.parametrize("stage", Stage)
def test_no_code_stands_where_words_should(stage: Stage) -> None:
    """Codes are for the second line only."""
    for verdict, reason in product(Verdict, Reason):
        each = event(0, stage=stage, verdict=verdict, reason=reason)
        said = words(each)
        assert "_" not in said.title + said.why
        assert said.title[0].isupper()
        assert explanation(each).endswith(".")
        assert said.code.startswith(f"{stage} {verdict} {reason}")


def test_what_was_refused_is_not_called_only_watched() -> None:
    """One check watched, and another refused."""
    assert "only watched" not in explanation(event(0, would="network_cloud"))
    assert "only watched" in explanation(event(0, **{**ALLOWED, "would": "network_cloud"}))


def test_what_another_version_wrote_is_still_shown() -> None:
    strange = event(
        0,
        stage=cast("Stage", "inbound"),
        verdict=Verdict.ALLOW,
        reason=cast("Reason", "moon"),
        would="tide",
        check="sea",
    )
    assert words(strange).title == "inbound allow"
    assert words(strange).why == "would have been refused: tide"
    assert code(strange) == "inbound allow moon would=tide check=sea"
    assert explanation(event(0, reason=cast("Reason", "moon"))) == ""
    assert reason_words("moon") == "moon"
