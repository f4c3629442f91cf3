"""`ban` says whom it bans, and that it needs root."""

from __future__ import annotations

import os

import pytest

from core.desk.bans import BanDesk, BanPicture
from core.system.ban_choice import LeftOut
from tests.core.cli.desk import Desk

FOUND = BanPicture("nftables", 1, (LeftOut("127.0.0.1\x1b", "is near"),), ("192.0.2.1",), ())


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.mark.parametrize("verb", ["apply", "show"])
@pytest.mark.usefixtures("root")
def test_says_who_is_banned(desk: Desk, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    """A18: and who never is."""
    monkeypatch.setattr(BanDesk, verb, lambda self: FOUND)
    assert desk("ban", verb).stdout.splitlines() == [
        "action   nftables",
        "wanted   1 address",
        "banned   1 address",
        "         192.0.2.1",
        "never    127.0.0.1\\x1b is near",
    ]
    assert desk.json("ban", verb, "--json")["now"] == ["192.0.2.1"]


@pytest.mark.usefixtures("root")
def test_what_did_not_work_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1."""
    failed = BanPicture("command", 1, problems=("`csf` ended with 1: no",))
    monkeypatch.setattr(BanDesk, "apply", lambda self: failed)
    assert "ended with 1" in desk("ban", "apply", code=1).stderr
    monkeypatch.setattr(BanDesk, "clear", lambda self: ["`csf` ended with 1: no"])
    assert "ended with 1" in desk("ban", "clear", code=1).stderr
    monkeypatch.setattr(BanDesk, "clear", lambda self: [])
    assert "Nobody" in desk("ban", "clear").stdout


def test_others_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 5: a right is missing."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "only root" in desk("ban", "show", code=5).stderr
