"""Starts and stops our services, through systemd's own command and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from core.errors import PlanError
from core.system.host import Host, Result

SECONDS = 90.0
"""A daemon that has much to write takes its time to stop."""


class Services:
    """The service manager of a machine.

    Args:
        host: the machine.
    """

    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def available(self) -> bool:
        """Whether the machine is run by systemd (sd_booted(3))."""
        return self._host.exists("/run/systemd/system")

    def learn(self) -> None:
        """Let it read units anew.

        Raises:
            PlanError: it does not answer.
        """
        self._run("daemon-reload")

    def start(self, units: Iterable[str]) -> None:
        """Start units now and with the machine; those that run are left alone.

        Raises:
            PlanError: one does not start.
        """
        for unit in units:
            self._run("enable", "--now", unit)

    def restart(self, units: Iterable[str]) -> None:
        """Start units anew: they were replaced.

        Raises:
            PlanError: one does not start.
        """
        for unit in units:
            self._run("restart", unit)

    def stop(self, units: Iterable[str]) -> list[str]:
        """Stop units, now and with the machine; returns what did not work, in words."""
        left = []
        for unit in units:
            result = self._host.run(("systemctl", "disable", "--now", unit), timeout=SECONDS)
            if result.code and not _is_unknown(result):
                left.append(result.failure)
        return left

    def halt(self, units: Iterable[str]) -> list[str]:
        """End what timers and paths have started; returns what did not work, in words."""
        results = [self._host.run(("systemctl", "stop", unit), timeout=SECONDS) for unit in units]
        return [each.failure for each in results if each.code and not _is_unknown(each)]

    def revive(self, units: Iterable[str]) -> list[str]:
        """Start what has failed, and leave what somebody has stopped; returns what did not work.

        A path unit whose service was wanted too often within a minute fails for good, although the
        limit is over after that minute (systemd.path(5)).
        """
        left = []
        for unit in units:
            said = self._host.run(("systemctl", "is-active", unit), timeout=SECONDS).stdout
            if said.strip() == "failed":
                result = self._host.run(("systemctl", "start", unit), timeout=SECONDS)
                left += [result.failure] if result.code else []
        return left

    def runs(self, unit: str) -> bool:
        """Whether a unit is active."""
        return not self._host.run(("systemctl", "is-active", "--quiet", unit), timeout=SECONDS).code

    def _run(self, *words: str) -> None:
        self._host.run(("systemctl", *words), timeout=SECONDS).require(PlanError)


def _is_unknown(result: Result) -> bool:
    """Whether there is no such unit, in the words of systemctl's versions."""
    return any(said in result.stderr for said in ("not loaded", "does not exist"))
