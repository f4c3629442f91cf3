"""Standard output and standard error as every verb wants them."""

from __future__ import annotations

import sys

import pytest

from core.cli import streams


def test_any_letter_can_be_printed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A terminal that knows few letters gets escapes, not a traceback."""
    with open(1, "w", encoding="ascii", closefd=False) as narrow:
        monkeypatch.setattr(sys, "stdout", narrow)
        streams.take_anything()
        print("jürgen")  # noqa: T201  what is tested
    assert capfd.readouterr().out == "j\\xfcrgen\n"
