"""Each error ends with the code that the help promises."""

from __future__ import annotations

import pytest

from core import errors
from core.cli.exit_code import MEANING, ExitCode, Trouble, code_of
from core.errors import MailwardError


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.DaemonUnreachable("x"), 3),
        (errors.ControlError("x"), 4),
        (errors.SettingError("x"), 4),
        (errors.ConfigError("x"), 4),
        (errors.PanelAbsent("x"), 4),
        (errors.PlanError("x"), 4),
        (errors.StoreError("x"), 5),
        (errors.DataError("x"), 5),
        (errors.NoticeError("x"), 5),
        (Trouble("x"), 5),
        (MailwardError("x"), 5),
    ],
)
def test_codes(error: MailwardError, code: int) -> None:
    """E15: programs rely on them."""
    assert code_of(error) == code


def test_every_code_has_a_meaning() -> None:
    """The help lists them from here."""
    assert set(MEANING) == set(ExitCode)
