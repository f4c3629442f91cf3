"""Companions are called in order, and one that fails hurts nobody else."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from core.daemon.companion import Company
from core.engine.policy import Snapshot
from core.settings.scope import typed


@dataclass
class Member:
    """A companion that writes down what it is asked, and fails where it is told."""

    name: str
    calls: list[str]
    fails: set[str] = field(default_factory=set)

    def start(self) -> None:
        self._note("start")

    def renew(self, snapshot: Snapshot) -> None:
        assert isinstance(snapshot, Snapshot)
        self._note("renew")

    def tick(self, wall: float) -> None:
        self._note(f"tick {wall:g}")

    def stop(self) -> None:
        self._note("stop")

    def _note(self, verb: str) -> None:
        self.calls.append(f"{self.name} {verb}")
        if verb.partition(" ")[0] in self.fails:
            raise RuntimeError(f"{self.name} cannot {verb}")


def test_all_are_called_and_the_last_that_began_ends_first() -> None:
    """What a companion leans on begins before it and ends after it."""
    calls: list[str] = []
    company = Company([Member("a", calls), Member("b", calls)], lambda *_: None)
    company.start()
    company.renew(Snapshot(typed({})[0]))
    company.tick(5)
    company.stop()
    assert calls == [
        "a start", "b start", "a renew", "b renew", "a tick 5", "b tick 5", "b stop", "a stop",
    ]  # fmt: skip


@pytest.mark.parametrize("verb", ["start", "tick", "stop"])
def test_a_failure_is_told_and_the_others_go_on(verb: str) -> None:
    """Our own fault stops nothing."""
    calls: list[str] = []
    told: list[tuple[str, str]] = []
    members = [Member("a", calls, {verb}), Member("b", calls)]
    company = Company(members, lambda part, problem: told.append((part, problem)))
    company.start()
    company.tick(5)
    company.stop()
    assert [call for call in calls if call.startswith("b")] == ["b start", "b tick 5", "b stop"]
    ((part, problem),) = told[:1]
    assert part == "a"
    assert verb in problem


def test_a_failure_that_is_over_is_no_problem_any_more() -> None:
    """It is told once more, with nothing."""
    told: list[tuple[str, str]] = []
    member = Member("a", [], {"tick"})
    company = Company([member], lambda part, problem: told.append((part, problem)))
    company.tick(1)
    member.fails.clear()
    company.tick(2)
    company.tick(3)
    assert told == [("a", "a cannot tick 1"), ("a", "")]
