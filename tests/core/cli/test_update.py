"""Data is fetched as the settings say, and the daemon takes it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from core.sources.progress import UpdateResult
from tests.core.cli.desk import Desk
from tests.databases import write_plausible


def _from_file(desk: Desk) -> Path:
    """Let the country database come from a file, and nothing else from anywhere."""
    path = write_plausible(desk.directory / "own.mmdb", "country", int(time.time()))
    desk("set", "data.provider", "file")
    desk("set", "data.country_file", str(path))
    desk("set", "data.feeds", "")
    return path


def test_fetches_what_the_settings_choose(desk: Desk) -> None:
    """E17, E18: and tells the daemon only when there is something new."""
    _from_file(desk)
    with desk.daemon({"reload": lambda _: {"problems": []}}) as asked:
        page = desk("update").stdout
        assert page.split()[:2] == ["country", "updated"]
        assert asked == [{"do": "reload"}]
        again = desk.json("update", "--json")
        assert [(each["name"], each["outcome"]) for each in again] == [("country", "unchanged")]
        assert len(asked) == 1
    assert (desk.config.data / "country.mmdb").exists()


def test_goes_back_to_the_copy_before(desk: Desk) -> None:
    """A newer database may be worse."""
    path = _from_file(desk)
    desk("update")
    write_plausible(path, "country", int(time.time()) + 1, networks=600)
    assert "updated" in desk("update").stdout
    after = (desk.config.data / "country.mmdb").read_bytes()
    desk("update", "--rollback", "country")
    assert (desk.config.data / "country.mmdb").read_bytes() != after


def test_a_source_that_fails_is_exit_code_1(desk: Desk) -> None:
    """The last good copy stays; a timer's log shows why."""
    desk("set", "data.provider", "file")
    desk("set", "data.country_file", str(desk.directory / "missing.mmdb"))
    desk("set", "data.feeds", "")
    page = desk("update", code=1).stdout
    assert "failed" in page
    assert "missing.mmdb" in page
    assert desk.json("update", "--json", code=1)[0]["outcome"] == "failed"


def test_no_copy_before_is_trouble_with_data(desk: Desk) -> None:
    """Exit code 5."""
    assert desk("update", "--rollback", "country", code=5).stderr.startswith("mailward: ")


def test_draws_bars_on_a_terminal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """E18: who waits wants to see something."""
    _from_file(desk)
    drawn: list[Any] = []

    def update(*_: object, progress: Any, **__: object) -> list[UpdateResult]:
        drawn.append(progress)
        return []

    monkeypatch.setattr("core.desk.update.updater.update", update)
    monkeypatch.setattr("core.cli.update._on_terminal", lambda: True)
    desk("update")
    desk("update", "--json")
    assert [type(progress).__name__ for progress in drawn] == ["Bars", "Silent"]
