"""The demo's own directory."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.sources import ranges, seed
from core.sources.ranges import Ranges
from core.sources.sources import Sources
from demo.directory import DEFAULT, Directory
from demo.problem import DemoError


def test_a_month_is_wanted_once(tmp_path: Path) -> None:
    directory = Directory(tmp_path / "d")
    assert directory.prepare(fresh=False)
    assert directory.prepare(fresh=False), "it was begun and not finished"
    directory.month_is_written(5.0)
    assert not directory.prepare(fresh=False)
    (directory.path / "notices/old.eml").write_text("")
    assert directory.prepare(fresh=True)
    assert list(directory.notices.iterdir()) == []
    directory.close()


def test_a_half_written_month_is_begun_anew(tmp_path: Path) -> None:
    directory = Directory(tmp_path / "d")
    directory.prepare(fresh=False)
    (directory.path / "state/store.sqlite").write_text("half")
    directory.prepare(fresh=False)
    assert not (directory.path / "state/store.sqlite").exists()
    directory.close()


def test_only_one_demo_at_a_time(tmp_path: Path) -> None:
    first = Directory(tmp_path / "d")
    first.prepare(fresh=False)
    with pytest.raises(DemoError, match="another demo already runs"):
        Directory(tmp_path / "d")
    first.close()
    Directory(tmp_path / "d").close()


def test_a_directory_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DemoError, match="holds something else"):
        Directory(tmp_path)


def test_a_path_that_no_socket_fits_into_is_refused(tmp_path: Path) -> None:
    """unix(7): 107 octets and no more."""
    with pytest.raises(DemoError, match="too long"):
        Directory(tmp_path / ("d" * 100))


def test_the_configuration_is_for_the_daemon_and_for_people(tmp_path: Path) -> None:
    directory = Directory(tmp_path / "d")
    directory.prepare(fresh=False)
    config = directory.configure("unix:/x/policy.sock", "101")
    assert config.policy == (f"unix:{directory.path}/run/policy.sock", "unix:/x/policy.sock")
    assert config.listen.trusted == ("101",)
    assert config.state == directory.path / "state"
    other = directory.configure()
    assert len(other.policy) == 1
    directory.close()


def test_commands_fit_the_screen(tmp_path: Path) -> None:
    directory = Directory(tmp_path / "d")
    file = f"{directory.path}/mailward.toml"
    assert directory.commands(["status"], 1000) == (
        "",
        [f"./dev run mailward --config {file} status"],
    )
    assert directory.commands(["status"], 40) == (
        f"export MAILWARD_CONFIG={file}",
        ["./dev run mailward status"],
    )
    directory.close()


def test_the_default_is_named_as_it_is_typed() -> None:
    assert DEFAULT.name == ".demo"
    assert (DEFAULT.parent / "dev").exists()


def test_attackers_join_the_lists_that_are_there(tmp_path: Path) -> None:
    directory = Directory(tmp_path / "d")
    directory.prepare(fresh=False)
    data = directory.configure().data
    ranges.save(data, Ranges("spamhaus_drop", vintage="real", prefixes=("192.0.2.0/24",)))
    directory.accuse(data)
    directory.accuse(data)
    found = ranges.load(data, "spamhaus_drop")
    assert found is not None
    assert found.vintage == "real"
    assert found.prefixes[0] == "192.0.2.0/24"
    assert len(found.prefixes) == len(set(found.prefixes)) == 4
    directory.close()


def test_data_that_came_with_the_demo_are_of_today(tmp_path: Path) -> None:
    """A20: else the pages would soon speak of old data alone."""
    directory = Directory(tmp_path / "d")
    directory.prepare(fresh=True)
    data = directory.configure().data
    seed.plant(data)
    directory.freshen(data)
    for _ in range(2):  # a second run finds them as they are
        found = Sources.open(data)
        status = {each.name: each for each in found.status()}
        found.close()
        assert {status[name].problem for name in ("country", "asn")} == {""}
        assert status["country"].vintage == time.strftime("%Y-%m-%d", time.gmtime())
        assert seed.plant(data) == ()
        directory.freshen(data)
    directory.close()
