"""Which logs the configuration means."""

from __future__ import annotations

import glob
import shutil

import pytest

from core.maillog.bookmark import JOURNAL, Wanted
from core.maillog.choice import choose


@pytest.mark.parametrize(
    ("follow", "wanted"),
    [
        ([], ()),
        (["/var/log/mail.log"], (Wanted("/var/log/mail.log"),)),
        (["exim:/x/main*log"], (Wanted("/x/main*log", "exim"),)),
        (["journal"], (Wanted(JOURNAL),)),
        ([r"C:\Mail\*.log"], (Wanted(r"C:\Mail\*.log"),)),
        (["/x", "exim:/x"], (Wanted("/x", "exim"),)),
    ],
)
def test_what_is_named(follow: list[str], wanted: tuple[Wanted, ...]) -> None:
    """Paths, patterns, a dialect before them, the journal."""
    assert choose(follow) == (wanted, "")


@pytest.mark.parametrize("entry", ["mail.log", "exim:main.log", "nonsense:/x", ""])
def test_what_is_no_log_is_told(entry: str) -> None:
    """The others are followed all the same."""
    wanted, wrong = choose([entry, "/x"])
    assert wanted == (Wanted("/x"),)
    assert repr(entry) in wrong


@pytest.mark.parametrize(
    ("there", "journalctl", "journal"),
    [([], "/usr/bin/journalctl", True), (["/var/log/mail.log"], "x", False), ([], None, False)],
)
def test_auto_is_what_is_there(
    there: list[str], journalctl: str | None, journal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal only where nothing else has its lines: they would be read twice."""
    monkeypatch.setattr(shutil, "which", lambda _: journalctl)
    monkeypatch.setattr(glob, "glob", lambda path: [path] if path in there else [])
    wanted, wrong = choose(["auto", "/var/log/mail.log"])
    assert wrong == ""
    assert (Wanted(JOURNAL, optional=True) in wanted) is journal
    assert Wanted("/var/log/mail.log") in wanted
    assert Wanted("/var/log/exim_mainlog", optional=True) in wanted
    assert not any("\\" in each.pattern for each in wanted)
