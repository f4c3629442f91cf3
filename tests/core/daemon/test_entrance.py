"""Which doors a daemon has."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.settings.config import Config
from tests.core.daemon.living import config_in, living, run
from tests.core.daemon.rig import free_port


@pytest.mark.parametrize(
    ("listen", "kinds"),
    [
        ({}, ["policy", "control"]),
        ({"dovecot": "off"}, ["policy", "control"]),
        ({"dovecot": "tcp:127.0.0.1:PORT"}, ["policy", "dovecot", "control"]),
        ({"policy": ["tcp:127.0.0.1:PORT", "unix:PLACE"]}, ["policy", "policy", "control"]),
    ],
    ids=["usual", "off", "Dovecot", "two"],
)
def test_doors_are_those_of_the_configuration(
    tmp_path: Path, listen: dict[str, object], kinds: list[str]
) -> None:
    port, place = str(free_port()), str(tmp_path / "second.sock")

    def real(value: object) -> object:
        if isinstance(value, list):
            return [real(each) for each in value]
        return str(value).replace("PORT", port).replace("PLACE", place)

    config = config_in(tmp_path, **({"dovecot": "off"} | {n: real(v) for n, v in listen.items()}))

    async def session() -> None:
        async with living(config) as daemon:
            assert [door.kind for door in daemon.doors] == kinds
            assert all(door.is_open for door in daemon.doors)
            assert daemon._stop_metrics is None

    run(session)


def test_a_metrics_port_that_is_taken_is_a_problem_and_no_more(tmp_path: Path) -> None:
    """E18: mail goes on without a scrape."""
    taken = f"tcp:127.0.0.1:{free_port()}"
    config: Config = config_in(tmp_path, dovecot=taken, metrics=taken)

    async def session() -> None:
        async with living(config) as daemon:
            assert "in use" in daemon.parts.problems["metrics"]

    run(session)
