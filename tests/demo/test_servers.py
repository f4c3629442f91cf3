"""The demo with a real Postfix and a real Dovecot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.words import Service
from demo.servers import RELEASE
from tests.demo.rig import Demo
from tests.lab import debian
from tests.lab.conftest import available
from tests.lab.machine import RUNNING
from tests.lab.release import RELEASES

pytestmark = [pytest.mark.lab, pytest.mark.slow, pytest.mark.xdist_group(f"lab-{RELEASE}")]


@pytest.fixture(scope="module", autouse=True)
def fetched() -> None:
    """The release is there, so that a demo need not fetch it."""
    with available():
        debian.fetch(RELEASES[RELEASE])


def test_the_real_servers_ask_and_obey(tmp_path: Path) -> None:
    """A1, A2, A3, B1: every service, each verdict, and the mail past the limit."""
    with Demo(tmp_path / "d", "--seconds", "20") as demo:
        assert demo.finish() == 0, demo.output
        assert demo.left_behind() == []
    assert "A real Postfix 3.7 and Dovecot 2.3.19" in demo.output
    seen = {(word, stage, service) for word, stage, service, _ in demo.decisions()}
    assert {
        ("allowed", "connect", Service.SUBMISSION),
        ("allowed", "auth", Service.SUBMISSION),
        ("allowed", "auth", Service.IMAPS),
        ("refused", "connect", Service.SUBMISSION),
        ("refused", "connect", Service.SMTPS),
        ("refused", "auth", Service.IMAPS),
        ("refused", "auth", Service.SUBMISSION),
        ("failed", "auth", Service.IMAPS),
        ("deferred", "send", Service.SUBMISSION),
        ("deferred", "auth", Service.SUBMISSION),
    } <= seen
    assert "151 messages within 300 seconds" in demo.output
    assert "broke off" not in demo.output


def _machine_made(demo: Demo) -> bool:
    return any(RUNNING.glob(f"{demo.process.pid:x}-*[0-9]"))


def _dovecot_started(demo: Demo) -> bool:
    return any(RUNNING.glob(f"{demo.process.pid:x}-*/var/log/dovecot.console"))


def _postfix_started(demo: Demo) -> bool:
    return any(RUNNING.glob(f"{demo.process.pid:x}-*/var/log/postfix.console"))


@pytest.mark.parametrize(
    "moment",
    [_machine_made, _dovecot_started, _postfix_started],
    ids=lambda moment: moment.__name__.strip("_"),
)
def test_ctrl_c_while_the_servers_start_leaves_nothing(
    tmp_path: Path, moment: Callable[[Demo], bool]
) -> None:
    with Demo(tmp_path / "d", "--no-lab", "--seconds", "1") as first:
        code = first.finish()
        assert code == 0, first.output  # the month is written: what follows starts quickly
    with Demo(tmp_path / "d") as demo:
        demo.await_true(lambda: moment(demo))
        demo.interrupt_group()
        assert demo.finish() == 0, demo.output
        assert demo.left_behind() == []
    assert "Traceback" not in demo.output
    assert "ended before it began" not in demo.output
