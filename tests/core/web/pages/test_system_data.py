"""The data: what there is, whose work it is, bringing it up to date and going back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from core.desk import update
from core.errors import DataError
from core.web.jobs import jobs
from tests.core.web.rig import Pages
from tests.databases import write_plausible

SERVER = ("server", "")


@pytest.fixture
def file(pages: Pages, tmp_path: Path) -> Iterator[Path]:
    """A country database of one's own, and nothing else from anywhere."""
    found = write_plausible(tmp_path / "own.mmdb", "country", int(time.time()))
    values = {"data.provider": "file", "data.country_file": str(found), "data.feeds": []}
    pages.parts.store.settings.change(SERVER, values, "x", 1.0)
    yield found
    with pages.app.app_context():
        jobs(pages.clock).wait(10)


def _wait(pages: Pages) -> None:
    with pages.app.app_context():
        jobs(pages.clock).wait(30)


def _text(pages: Pages) -> str:
    return unescape(pages.admin.get("/system/data").text)


def test_update_runs_and_its_result_stays(pages: Pages, file: Path) -> None:
    """D9"""
    answer = pages.admin.post("/system/data/update")
    assert answer.status_code == 303
    _wait(pages)
    text = _text(pages)
    assert ">new<" in text
    assert "the administrator's own file" in text
    assert "for root (admin)" in text
    assert "data-poll" not in text
    assert (pages.config.data / "country.mmdb").exists()


def test_update_that_is_at_work_is_shown_to_whoever_comes_back(
    pages: Pages, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D9"""
    go_on, begun = threading.Event(), threading.Event()

    def slow(desk: object, progress: object = None, *, force: bool = False) -> object:
        assert force
        progress.plan(("country", "tor"))  # type: ignore[attr-defined]  # the job's own
        progress.begin("country", 4_000_000)  # type: ignore[attr-defined]  # likewise
        progress.advance("country", 1_000_000)  # type: ignore[attr-defined]  # likewise
        begun.set()
        go_on.wait(10)
        return update.Updated(())

    monkeypatch.setattr("core.web.pages.system_data.desk_update.update", slow)
    pages.admin.post("/system/data/update", force="1")
    assert begun.wait(10)
    text = _text(pages)
    assert "data-poll" in text
    assert "25% of 4 MB" in text
    assert "Update now" not in text
    told = pages.admin.follow(pages.admin.post("/system/data/update")).text
    assert "Something else is at work" in told
    go_on.set()
    _wait(pages)
    assert "Update now" in _text(pages)


def test_update_that_cannot_begin_says_why(
    pages: Pages, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise DataError("another update is at work")

    monkeypatch.setattr("core.web.pages.system_data.desk_update.update", broken)
    pages.admin.post("/system/data/update")
    _wait(pages)
    text = _text(pages)
    assert "another update is at work" in text
    assert "mailward update" in text


def test_copy_before_is_put_back(pages: Pages, file: Path) -> None:
    """D9: a newer database may be worse."""
    assert "Copy before" not in _text(pages)
    desk = pages.parts.desk("x")
    update.update(desk)
    write_plausible(file, "country", int(time.time()) + 1, networks=600)
    update.update(desk)
    newer = (pages.config.data / "country.mmdb").read_bytes()
    assert "Copy before" in _text(pages)
    answer = pages.admin.post("/system/data/rollback", name="country")
    assert "the copy before is in use again" in pages.admin.follow(answer).text
    assert (pages.config.data / "country.mmdb").read_bytes() != newer


@pytest.mark.parametrize("name", ["", "asn", "../../etc/passwd"])
def test_what_has_no_copy_before_is_told(pages: Pages, name: str) -> None:
    answer = pages.admin.post("/system/data/rollback", name=name)
    assert "mw-bad" in pages.admin.follow(answer).text


def test_lists_that_were_never_fetched_are_named(pages: Pages) -> None:
    pages.config.data.mkdir()
    pages.parts.store.settings.change(SERVER, {"data.feeds": ["tor", "no<such"]}, "x", 1.0)
    answer = pages.admin.get("/system/data")
    assert "Not fetched yet:" in answer.text
    assert "no&lt;such" in answer.text


def test_account_of_a_supplier_is_kept_and_its_key_never_shown(pages: Pages) -> None:
    """D9, E22"""
    pages.config.data.mkdir()
    fields = {
        "field": ["data-provider", "data-maxmind_key"],
        "data-provider": "maxmind",
        "data-maxmind_key": "a-secret-key",
    }
    answer = pages.admin.post("/system/data/settings", fields)
    stored = pages.parts.store.settings.all()[SERVER]
    assert stored == {"data.provider": "maxmind", "data.maxmind_key": "a-secret-key"}
    assert "a-secret-key" not in pages.admin.follow(answer).text


def test_bad_value_stands_beside_its_field(pages: Pages) -> None:
    pages.config.data.mkdir()
    fields = {"field": "data-maxmind_account", "data-maxmind_account": "not a number"}
    text = pages.admin.post("/system/data/settings", fields).text
    assert 'id="data-maxmind_account-fault"' in text
    assert "not a number" in text
    assert pages.parts.store.settings.all() == {}
