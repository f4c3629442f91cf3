"""The server's own country, with and without the daemon."""

from __future__ import annotations

import os

import pytest

from core.desk import own_country as module
from core.desk.own_country import own_country
from core.settings.access import Country
from core.settings.model import Settings
from tests.core.desk.office import Office
from tests.databases import write_country


def test_what_is_set_counts(office: Office) -> None:
    """The administrator knows best (A7)."""
    with office.daemon({"status": lambda _: {"server_country": "AT"}}):
        desk = office.desk_on(None)
        assert own_country(desk, Settings(country=Country(server="FR"))) == "FR"


def test_the_daemon_has_found_it_out(office: Office) -> None:
    """It looked when it started."""
    with office.daemon({"status": lambda _: {"server_country": "AT"}}):
        assert own_country(office.desk_on(None), Settings()) == "AT"


def test_it_is_found_out_here_without_the_daemon(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The data on the disk say where the server's own addresses are."""
    office.config.data.mkdir(parents=True, exist_ok=True)
    write_country(office.config.data / "country.mmdb", {"192.0.2.0/24": "SE"})
    monkeypatch.setattr(module, "own_addresses", lambda: frozenset({"127.0.0.1", "192.0.2.10"}))
    assert own_country(office.desk_on(None), Settings()) == "SE"


def test_what_the_daemon_has_said_is_not_asked_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A daemon that hangs costs its patience once for each question."""
    monkeypatch.setattr(module, "detect", lambda *_: "SE")
    with office.daemon({"status": lambda _: {"server_country": "AT"}}) as asked:
        desk = office.desk_on(None)
        assert own_country(desk, Settings(), {"server_country": "FR"}) == "FR"
        assert own_country(desk, Settings(), {}) == "SE"
    assert asked == []


def test_new_data_are_looked_at_and_old_ones_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening the databases takes longer than all else that a page does."""
    answers = ["SE", "NO"]
    monkeypatch.setattr(module, "detect", lambda *_: answers.pop(0))
    desk, path = office.desk_on(None), office.config.data / "country.mmdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    assert [own_country(desk, Settings()) for _ in range(2)] == ["SE", "SE"]
    os.utime(path, (1, 1))
    assert own_country(desk, Settings()) == "NO"
