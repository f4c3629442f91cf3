"""Root bans whom the daemon wants, by whatever was chosen, and takes all of it back."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from core.desk import bans
from core.desk.bans import BanDesk
from core.desk.hooks import records
from core.errors import DataError, PlanError
from core.settings.config import BanPlace, Config, Paths
from core.system import ban_file
from core.system.ban_file import Ban, Bans
from core.system.host import NOT_FOUND, Host, Result

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root's programs are trusted")


class Machine(Host):
    """A machine with a firewall in memory, and without where it is told so."""

    def __init__(self) -> None:
        super().__init__()
        self.has_nft = True
        self.rules = ""

    def run(self, command: Sequence[str], *, text: str = "", **more: Any) -> Result:
        """Only nft is a stand-in."""
        if command[0] != "nft":
            return super().run(command, text=text, **more)
        words = tuple(command)
        if not self.has_nft:
            return Result(words, NOT_FOUND, "", "")
        if words[1:] == ("-f", "-"):
            self.rules = text.partition("delete table inet mailward\n")[2]
            return Result(words, 0, "", "")
        if not self.rules:
            return Result(words, 1, "", "Error: No such file or directory")
        banned = [line.split()[0] for line in self.rules.splitlines() if " timeout " in line]
        members = ", ".join(f'"{each}"' for each in banned if each != "flags")
        return Result(words, 0, f'{{"nftables": [{{"set": {{"elem": [{members}]}}}}]}}', "")


class Place:
    """A server of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.machine = Machine()
        self.config = Config(paths=Paths(state=f"{folder}/s", run=f"{folder}/r", log=f"{folder}/l"))
        self.config.state.mkdir()

    @property
    def desk(self) -> BanDesk:
        """The desk, as a new process has it."""
        return BanDesk(self.config, self.machine)

    def want(self, action: str, *addresses: str) -> None:
        """As the daemon writes it."""
        banned = tuple(Ban(each, time.time() + 3600) for each in addresses)
        wanted = Bans(action, False, banned)  # type: ignore[arg-type]  # the tests name legal ones
        ban_file.write(self.config.state / ban_file.NAME, wanted)

    def command(self) -> Path:
        """Name a program that writes down what it is told; returns where."""
        told = self.folder / "told"
        program = self.folder / "program"
        program.write_text(f'#!/bin/sh\necho "$1 $2" >>{told}\n')
        program.chmod(0o755)
        self.config = replace(self.config, ban=BanPlace(str(program)))
        return told


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A server whose own addresses are not those of the tests."""
    monkeypatch.setattr(bans, "own_addresses", lambda: frozenset({"203.0.113.1"}))
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    return Place(tmp_path)


def test_by_nftables(place: Place) -> None:
    """A18: applied, shown, applied again, and taken back."""
    place.want("nftables", "192.0.2.1", "127.0.0.1")
    for found in (place.desk.apply(), place.desk.apply(), place.desk.show()):
        assert found.action == "nftables"
        assert found.now == ("192.0.2.1",)
        assert [each.address for each in found.left_out] == ["127.0.0.1"]
        assert found.problems == ()
    assert place.desk.clear() == []
    assert place.machine.rules == ""
    assert place.desk.show().now == ()


def test_by_a_command(place: Place) -> None:
    told = place.command()
    place.want("command", "192.0.2.1")
    assert place.desk.apply().now == ("192.0.2.1",)
    assert place.desk.show().now == ("192.0.2.1",)
    assert place.desk.clear() == []
    assert told.read_text().splitlines() == ["ban 192.0.2.1", "unban 192.0.2.1"]
    assert not (records(place.config) / "bans.json").exists()


def test_another_choice_takes_the_first_one_back(place: Place) -> None:
    """No ban is left behind that nobody knows of."""
    told = place.command()
    place.want("command", "192.0.2.1")
    place.desk.apply()
    place.want("nftables", "192.0.2.1")
    place.desk.apply()
    assert told.read_text().splitlines()[-1] == "unban 192.0.2.1"
    place.want("command", "192.0.2.1")
    place.desk.apply()
    assert place.machine.rules == ""
    place.want("off")
    assert place.desk.apply().now == ()
    assert told.read_text().splitlines()[-1] == "unban 192.0.2.1"


def test_without_nft(place: Place) -> None:
    """It is needed only where it is chosen."""
    place.machine.has_nft = False
    place.want("nftables", "192.0.2.1")
    with pytest.raises(PlanError, match="nftables"):
        place.desk.apply()
    assert "nftables" in place.desk.show().problems[0]
    place.want("off")
    assert place.desk.apply().problems == ()


def test_without_a_command_the_file_to_write_it_into_is_named(place: Place) -> None:
    place.want("command", "192.0.2.1")
    with pytest.raises(PlanError, match=r"mailward\.toml"):
        place.desk.apply()


def test_what_cannot_be_read_changes_nothing(place: Place) -> None:
    place.want("nftables", "192.0.2.1")
    place.desk.apply()
    (place.config.state / ban_file.NAME).write_text("{")
    with pytest.raises(DataError):
        place.desk.apply()
    assert "192.0.2.1" in place.machine.rules


def test_who_types_it_is_never_banned(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """An administrator who is locked out cannot mend anything."""
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 203.0.113.1 22")
    place.want("nftables", "192.0.2.1", "192.0.2.2")
    assert place.desk.apply().now == ("192.0.2.2",)
