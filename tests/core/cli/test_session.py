"""Who asks, and whom is told."""

from __future__ import annotations

import pytest

from core.cli.session import Session
from tests.core.cli.desk import Desk, Panel


@pytest.mark.parametrize(
    ("uid", "behind", "who"),
    [
        (0, "carol", "carol"),
        (0, "", "root"),
        (65_534, "root", "nobody"),
        (4_000_000, "root", "uid 4000000"),
    ],
)
def test_who_asks(monkeypatch: pytest.MonkeyPatch, uid: int, behind: str, who: str) -> None:
    """E21: what sudo leaves behind is believed from root only."""
    monkeypatch.setattr("os.getuid", lambda: uid)
    monkeypatch.setenv("SUDO_USER", behind)
    assert Session(Panel(), lambda _: None, None).who == who


def test_reload_is_no_error_whatever_the_daemon_says(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """The change is made; only its effect waits."""
    session = Session(Panel(), lambda _: None, str(desk.file))
    session.reload()
    with desk.daemon({"reload": lambda _: {"problems": ["odd\x1b"]}}):
        session.reload()
    with desk.daemon({}):
        session.reload()
    assert capsys.readouterr().err.splitlines() == [
        "The daemon is not running; it will take this when it starts.",
        "The daemon says: odd\\x1b",
        "The daemon did not take it: no verb 'reload'",
    ]
