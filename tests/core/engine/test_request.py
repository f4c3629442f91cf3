"""The question is small: a mail server asks several for each mail."""

from __future__ import annotations

import sys

from core.engine.request import Request
from core.words import Service, Stage


def test_a_question_knows_no_more_than_it_was_told() -> None:
    """An account that is not named is not known, and nobody is sending by default."""
    request = Request(Stage.CONNECT, "203.0.113.7", Service.SUBMISSION)
    assert (request.account, request.sending, request.message) == ("", False, "")
    assert sys.getsizeof(request) < 200
