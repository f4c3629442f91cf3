"""Who asks, and whom is told."""

from __future__ import annotations

import pytest

from core.cli.session import Session, tell
from tests.core.cli.desk import Desk, Served
from tests.core.desk.office import Panel


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
    assert Session(Panel(), lambda *_: None, Served(), None).who == who


def test_a_reload_is_no_error_whatever_the_daemon_says(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """The change is made; only its effect waits."""
    session = Session(Panel(), lambda *_: None, Served(), str(desk.file))
    with session.desk() as own:
        tell(own.reload())
        with desk.daemon({"reload": lambda _: {"problems": ["odd\x1b"]}}):
            tell(own.reload())
        with desk.daemon({}):
            tell(own.reload())
    tell(None)
    assert capsys.readouterr().err.splitlines() == [
        "The daemon is not running; it will take this when it starts.",
        "The daemon says: odd\\x1b",
        "The daemon did not take it: no verb 'reload'",
    ]


def test_a_directory_that_cannot_be_used_is_named(desk: Desk) -> None:
    """Exit code 5."""
    desk.config.state.write_text("a file")
    assert "state" in desk("set", "send.limit", "9", code=5).stderr


def test_a_store_that_had_to_be_mended_is_told(desk: Desk) -> None:
    """What the daemon shows as a problem, a command shows too."""
    desk.config.state.mkdir()
    (desk.config.state / "store.sqlite").write_bytes(b"no database" * 1000)
    result = desk("get", "send.limit")
    assert "send.limit = 150" in result.stdout
    assert result.stderr
