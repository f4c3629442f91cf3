"""Services are started and stopped by the service manager's own command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import PlanError
from core.system.services import Services
from tests.core.system.machines import ScriptedHost

if TYPE_CHECKING:
    from pathlib import Path


def test_says_what_is_to_be_done_in_order(tmp_path: Path) -> None:
    """One unit after the other, so that a failure names one."""
    host = ScriptedHost(tmp_path)
    services = Services(host)
    services.learn()
    services.start(("a.service", "b.timer"))
    services.restart(("a.service",))
    assert services.stop(("b.timer",)) == []
    assert [command[1:] for command in host.commands] == [
        ("daemon-reload",),
        ("enable", "--now", "a.service"),
        ("enable", "--now", "b.timer"),
        ("restart", "a.service"),
        ("disable", "--now", "b.timer"),
    ]


def test_a_unit_that_does_not_start_is_told(tmp_path: Path) -> None:
    """With what systemctl says; stopping goes on with the others."""
    host = ScriptedHost(tmp_path, {"systemctl": lambda _: (1, "Job for a.service failed")})
    with pytest.raises(PlanError, match=r"Job for a\.service failed"):
        Services(host).start(("a.service",))
    assert len(Services(host).stop(("a.service", "b.service"))) == 2
    assert not Services(host).runs("a.service")


@pytest.mark.parametrize(
    "said",
    [
        "Failed to disable unit: Unit a.service not loaded.",
        "Failed to disable unit: Unit file a.service does not exist.",
    ],
)
def test_a_unit_that_is_not_there_need_not_be_stopped(tmp_path: Path, said: str) -> None:
    """Uninstalling twice is uninstalling once."""
    services = Services(ScriptedHost(tmp_path, {"systemctl": lambda _: (1, said)}))
    assert services.stop(["a"]) == []
    assert services.halt(["a"]) == []


def test_what_a_timer_has_started_is_halted(tmp_path: Path) -> None:
    """It would put back what is being taken away."""
    host = ScriptedHost(tmp_path)
    assert Services(host).halt(("a.service",)) == []
    assert host.commands == [("systemctl", "stop", "a.service")]
    host.answers["systemctl"] = lambda _: (1, "timed out")
    assert "timed out" in Services(host).halt(("a.service",))[0]


def test_what_failed_is_started_and_what_was_stopped_is_not(tmp_path: Path) -> None:
    """E12: twenty mailboxes made within a minute must not keep root from looking ever again."""
    states = {"a.path": "failed\n", "b.path": "inactive\n", "c.path": "active\n"}

    host = ScriptedHost(tmp_path, {"systemctl": lambda command: (0, states[command[2]])})
    assert Services(host).revive(states) == []
    started = [command[2] for command in host.commands if command[1] == "start"]
    assert started == ["a.path"]


@pytest.mark.parametrize("booted", [True, False])
def test_knows_whether_systemd_runs_the_machine(tmp_path: Path, booted: bool) -> None:
    """sd_booted(3): by a folder that only systemd makes."""
    if booted:
        (tmp_path / "run/systemd/system").mkdir(parents=True)
    assert Services(ScriptedHost(tmp_path)).available is booted
