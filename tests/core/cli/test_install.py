"""The verbs around installing: shown before, told after, written down, and ended with a code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from core.desk.act import Act
from core.desk.doctor import Finding, Health
from core.desk.repair import Repair
from core.licence.licence import Licence
from tests.core.desk.server import Registration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.core.cli.desk import Desk


class Scripted:
    """Stands in for the installer: does what a test says, and notes what it was asked."""

    def __init__(self, acts: list[Act]) -> None:
        self.acts = acts
        self.asked: list[Any] = []

    def install(self, licence: Callable[[], None] | None) -> Iterator[Act]:
        self.asked.append("install")
        if licence is not None:
            licence()
        yield from self.acts

    def upgrade(self) -> Iterator[Act]:
        self.asked.append("upgrade")
        yield from self.acts

    def uninstall(self, *, purge: bool) -> Iterator[Act]:
        self.asked.append(("uninstall", purge))
        yield from self.acts


@pytest.fixture
def scripted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Scripted:
    """An installer that succeeds, for root."""
    found = Scripted([Act("look at the server", notes=("plesk 18.0.62",)), Act("start")])
    monkeypatch.setattr("core.cli.install._installer", lambda _: found)
    monkeypatch.setattr("core.cli.install._uninstaller", lambda _: found)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    desk.config.log.mkdir()
    return found


def test_install_tells_each_act_and_writes_it_down(desk: Desk, scripted: Scripted) -> None:
    """E12: for whoever is asked later what was done here."""
    result = desk("install", "--yes")
    assert result.stdout.splitlines() == [
        "look at the server: done",
        "  plesk 18.0.62",
        "start: done",
    ]
    lines = (desk.config.log / "install.log").read_text().splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == [
        "install: look at the server: plesk 18.0.62",
        "install: start: done",
    ]


def test_a_failure_ends_with_a_code_and_says_what_to_do(desk: Desk, scripted: Scripted) -> None:
    """E12: scripts must not take it for done."""
    scripted.acts = [Act("start the services", "the daemon does not answer")]
    result = desk("install", "--yes", code=1)
    assert result.stdout == "start the services: failed\n"
    assert "the daemon does not answer" in result.stderr
    assert "run it again" in result.stderr


@pytest.mark.parametrize("verb", ["install", "uninstall"])
def test_nobody_is_surprised(desk: Desk, scripted: Scripted, verb: str) -> None:
    """E12: without a terminal, --yes must be said."""
    assert "say --yes" in desk(verb, code=2).stderr
    assert scripted.asked == []


@pytest.mark.parametrize("verb", ["install", "upgrade", "uninstall", "reconcile"])
def test_only_root_changes_the_server(
    desk: Desk, scripted: Scripted, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """Before anything is tried."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "only root" in desk(verb, code=5).stderr
    assert scripted.asked == []


def test_a_dry_run_shows_every_plan(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """E12: and needs no root, because it changes nothing."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    desk.panel.registration_here = Registration(desk.directory / "menu")
    printed = desk("install", "--dry-run").stdout
    assert "make the user mailward" in printed
    assert "Join the panel" in printed
    assert not (desk.directory / "menu").exists()


def test_the_licence_is_set_with_the_key_that_was_given(
    desk: Desk, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E10: at its place among the acts."""
    given: list[str] = []
    monkeypatch.setattr(Licence, "check", lambda *_: None)
    monkeypatch.setattr(Licence, "set", lambda _, key, __: given.append(key))
    desk("install", "--yes", "--licence", "MW1-KEY")
    assert given == ["MW1-KEY"]


def test_a_key_that_does_not_count_is_refused_before_anything_is_done(
    desk: Desk, scripted: Scripted
) -> None:
    """Nobody has half an installation because of a slip in a key."""
    ended = desk("install", "--yes", "--licence", "NONSENSE", code=4)
    assert "begins with MW1-" in ended.stderr
    assert "done" not in ended.stdout


@pytest.mark.parametrize("purge", [True, False])
def test_uninstall_keeps_what_was_learnt_unless_told(
    desk: Desk, scripted: Scripted, purge: bool
) -> None:
    """E12; a log that is to be deleted is not written again."""
    desk("uninstall", "--yes", *(["--purge"] if purge else []))
    assert scripted.asked == [("uninstall", purge)]
    assert (desk.config.log / "install.log").exists() is not purge


def test_upgrade_finishes_what_was_unpacked(desk: Desk, scripted: Scripted) -> None:
    """E12."""
    desk("upgrade")
    assert scripted.asked == ["upgrade"]


@pytest.mark.parametrize(
    ("found", "code", "out", "err"),
    [
        ([Repair("panel")], 0, "", ""),
        ([Repair("hook postfix", True)], 0, "hook postfix: set right\n", ""),
        ([Repair("panel", problem="away")], 1, "", "panel: away"),
    ],
)
def test_reconcile_tells_what_it_did(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    found: list[Repair],
    code: int,
    out: str,
    err: str,
) -> None:
    """E12: silent where all was well, so that a timer's log stays empty."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("core.cli.install.Repairer.run", lambda _, probe: found)
    result = desk("reconcile", code=code)
    assert result.stdout == out
    assert err in result.stderr
    assert desk.json("reconcile", "--json", code=code) == msgspec.to_builtins(found)


@pytest.mark.parametrize(("health", "code"), [(Health.WELL, 0), (Health.LOOK, 0), (Health.ILL, 1)])
def test_doctor_ends_with_what_it_found(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, health: Health, code: int
) -> None:
    """E11: a script can ask it; what only wants a look is no failure."""
    finding = Finding("daemon", health, "said so", "do this")
    monkeypatch.setattr("core.cli.install.Doctor.examine", lambda _: iter([finding]))
    printed = desk("doctor", code=code).stdout
    assert "daemon: said so" in printed
    assert "do this" in printed
    assert desk.json("doctor", "--json", code=code)[0]["health"] == health.value
