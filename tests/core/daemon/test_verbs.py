"""What the control socket can be asked, on a living daemon."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.daemon.daemon import Daemon
from core.engine.explain import Explanation, lines
from tests.core.daemon.living import ask, config_in, control, live, settle
from tests.core.daemon.rig import policy


def connect(port: int) -> bytes:
    """A connection from loopback, as the probe makes it."""
    return policy(policy_context="connect", client_address="127.0.0.1", client_port=port)


def test_status_counts_and_names_what_is_not_well(tmp_path: Path) -> None:
    """D8: doors, questions, data, and every problem in words."""
    config = config_in(tmp_path)
    settle(config, country_mode="allow")

    async def life(daemon: Daemon) -> None:
        await ask(config.policy[0], connect(1), b"\n\n")
        daemon.parts.report("windows", "they were damaged")
        status = await control(config, do="status")
        assert status["stages"]["connect"]["asked"] == 1
        assert status["stages"]["send"] == {"asked": 0, "last": 0.0}
        assert {door["kind"] for door in status["doors"]} == {"policy", "control"}
        assert {source["name"] for source in status["sources"]} >= {"country", "asn"}
        assert status["problems"]["windows"] == "they were damaged"
        assert "nobody is told" in status["problems"]["notify.address"]
        assert "no country is refused" in status["problems"]["country.list"]
        assert status["faults"] == 0

    live(config, life)


def test_explain_says_the_same_as_the_wire(tmp_path: Path) -> None:
    """D11: with the daemon's own settings and state."""
    config = config_in(tmp_path)
    settle(config, country_mode="refuse", country_list=["RU"])

    async def life(_: Daemon) -> None:
        request: dict[str, Any] = {"address": "203.0.113.7", "account": "Bob@Example.test"}
        found = msgspec.convert(await control(config, do="explain", **request), type=Explanation)
        text = "\n".join(lines(found))
        assert found.account == "bob@example.test"
        assert "=> refused at connect: 203.0.113.7 is in RU" in text
        question = policy(policy_context="connect", client_address="203.0.113.7")
        answer = (await ask(config.policy[0], question, b"\n\n")).decode()
        assert answer.removeprefix("action=REJECT ").strip() in text

    live(config, life)


def test_blocks_are_listed_with_what_is_left_and_released(tmp_path: Path) -> None:
    """B6."""
    config = config_in(tmp_path)
    settle(config, send_limit=2)

    async def life(_: Daemon) -> None:
        for i, account in enumerate(["a@x.test"] * 3 + ["b@x.test"] * 2):
            question = policy(
                policy_context="send", sasl_username=account, instance=i, client_address="192.0.2.1"
            )
            await ask(config.policy[0], question, b"\n\n")
        found = await control(config, do="blocks")
        (blocked,) = found["blocked"]
        assert blocked["account"] == "a@x.test"
        assert 21_500 < blocked["left"] <= 21_600
        assert found["near"] == [{"account": "b@x.test", "used": 2}]
        assert await control(config, do="release", account="A@X.test") == {"released": True}
        assert await control(config, do="release", account="a@x.test") == {"released": False}
        assert (await control(config, do="blocks"))["blocked"] == []

    live(config, life)


@pytest.mark.parametrize(("marker", "seen"), [("41234", True), ("1234", False), ("4123", False)])
def test_a_probe_learns_whether_it_was_seen(tmp_path: Path, marker: str, seen: bool) -> None:
    """The installer's knock, recognised by its client port as a whole."""
    config = config_in(tmp_path)

    async def life(_: Daemon) -> None:
        await ask(config.policy[0], connect(41234), b"\n\n")
        assert (await control(config, do="seen", marker=marker))["seen"] is seen

    live(config, life)


def test_reload_reports_what_had_to_be_left_out(tmp_path: Path) -> None:
    """A value that another version wrote."""
    config = config_in(tmp_path)

    async def life(_: Daemon) -> None:
        settle(config, send_limit=-5)
        (problem,) = (await control(config, do="reload"))["problems"]
        assert problem == "server: send.limit: must be at least 1"

    live(config, life)
