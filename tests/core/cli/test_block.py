"""An account is blocked by hand, and a changed password is told."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.core.cli.desk import Desk

ANN = "ann@example.test"


def test_blocks_through_the_daemon(desk: Desk) -> None:
    """A23: with who and why."""

    def block(request: dict[str, Any]) -> dict[str, Any]:
        return {"until": time.time() + request["seconds"]}

    with desk.daemon({"block": block}) as asked:
        result = desk("block", ANN, "--hours", "0.5", "--why", "a call")
    assert result.stdout.startswith(f"{ANN} is blocked from sending until ")
    (request,) = asked
    assert (request["seconds"], request["why"]) == (1800, "a call")
    assert request["by"]


def test_blocks_on_record_without_a_daemon(desk: Desk) -> None:
    """A23: and releases as any other block."""
    assert "on record" in desk("block", "Ann@example.test").stderr
    (block,) = desk.json("blocked", "list", "--json")["blocked"]
    assert (block["account"], block["reason"], block["seconds"]) == (
        ANN,
        "blocked_by_hand",
        86_400,
    )
    assert "may send again" in desk("blocked", "release", ANN).stdout


@pytest.mark.parametrize("hours", ["0", "-1", "9999", "long"])
def test_a_length_that_makes_no_sense_is_refused(desk: Desk, hours: str) -> None:
    desk("block", ANN, "--hours", hours, code=2)


def test_a_changed_password_is_told_to_the_daemon(desk: Desk) -> None:
    """B12: a panel's event tells of several at once, and nothing to do is no error."""

    def changed(request: dict[str, Any]) -> dict[str, Any]:
        return {"closed": 1, "released": request["account"] == ANN}

    with desk.daemon({"password_changed": changed}):
        result = desk("password-changed", ANN, "bob@example.test")
    assert result.stdout.splitlines() == [
        f"{ANN}: may send again; signals closed: 1.",
        "bob@example.test: signals closed: 1.",
    ]


def test_a_changed_password_without_a_daemon(desk: Desk) -> None:
    """B12: a block by hand stays."""
    desk("block", ANN)
    assert desk("password-changed", ANN).stdout == f"{ANN}: signals closed: 0.\n"
    assert len(desk.json("blocked", "list", "--json")["blocked"]) == 1
