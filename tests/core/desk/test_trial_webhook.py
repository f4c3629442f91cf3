"""The webhook can be tried, with all that a real event has."""

from __future__ import annotations

import json

import pytest

from core.desk.trial_webhook import send_with
from core.errors import NoticeError, SettingError
from core.settings.model import Settings
from tests.core.notify.hooked import receiving


def test_the_receiver_is_told_that_nothing_has_happened() -> None:
    """B14: kind test, signed, also where it is not among the chosen kinds."""
    with receiving() as receiver:
        sent = send_with(receiver.settings("block"))
        (call,) = receiver.calls
    assert json.loads(call.body)["kind"] == "test"
    assert call.headers["mailward-delivery"] == sent.id
    assert sent.signed
    assert sent.host == "127.0.0.1"
    assert sent.result == "127.0.0.1 answered 204"


def test_what_was_answered_is_said() -> None:
    with (
        receiving((403, {}, b"wrong token")) as receiver,
        pytest.raises(NoticeError, match="403: wrong token"),
    ):
        send_with(receiver.settings())


def test_without_an_address_the_setting_is_named() -> None:
    with pytest.raises(SettingError, match=r"webhook\.url"):
        send_with(Settings())
