"""A damaged store is set aside, and what people entered is carried over."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.errors import StoreError
from core.store import damage, preparation, settings_copy
from core.store.audit import StoredScope
from core.store.block import Block
from core.store.store import Store
from tests.core.store.samples import NOON, event, many
from tests.core.store.test_damage import overwrite, root_page

BLOCK = Block(account="a@x.test", started=NOON, until=NOON + 60, seconds=60, reason="send_limit")


@pytest.fixture
def filled(sqlite_path: Path) -> Path:
    """A store with a little of everything, closed."""
    with closing(Store.open(f"sqlite:///{sqlite_path}")) as store:
        store.record(many(2000))
        store.settings.change(("server", ""), {"send.limit": 5, "send.unit": "mails"}, "me", NOON)
        store.blocks.opened(BLOCK)
    return sqlite_path


def asides(path: Path) -> list[Path]:
    return sorted(path.parent.glob("store.sqlite.damaged-*"))


def spoil_events(path: Path) -> None:
    overwrite(path, (root_page(path, "events") - 1) * 4096, b"\xff" * 4096)


def cut_off(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwrite_all(path: Path) -> None:
    path.write_bytes(os.urandom(50_000))


@pytest.mark.parametrize(
    ("spoil", "carried"),
    [
        pytest.param(spoil_events, True, id="a page of events"),
        pytest.param(cut_off, None, id="cut off"),
        pytest.param(overwrite_all, False, id="overwritten"),
    ],
)
def test_a_damaged_store_is_replaced(
    filled: Path, spoil: Callable[[Path], None], carried: bool | None
) -> None:
    spoil(filled)
    spoilt = filled.read_bytes()
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        (aside,) = asides(filled)
        assert aside.read_bytes() == spoilt
        assert str(aside) in store.problem
        assert "was damaged" in store.problem
        settings = store.settings.all()
        if carried is not None:
            assert bool(settings) == carried
        if carried:
            assert settings == {("server", ""): {"send.limit": 5, "send.unit": "mails"}}
            assert [entry.after for entry in store.audit.find()] == ["mails", 5]
            assert [block.account for block in store.blocks.history()] == ["a@x.test"]
            assert "2 settings, 2 entries of their audit, 1 blocks" in store.problem
        assert len(store.record([event()])) == 1
        assert store.check() == ""
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert store.problem == ""
        assert store.settings.all() == settings
    assert asides(filled) == [aside]


def test_the_audit_goes_on_counting_after_damage(filled: Path) -> None:
    spoil_events(filled)
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        (number,) = store.settings.change(("server", ""), {"send.limit": 6}, "me", NOON)
        assert number == 3


def test_what_people_chose_and_their_tokens_survive_damage(filled: Path) -> None:
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        store.preferences.set("customer", "ann", {"theme": "dark"})
        token, secret = store.tokens.create("a", "customer", "ann", ("x.test",), None, "ann", NOON)
    spoil_events(filled)
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert store.problem
        assert store.preferences.get("customer", "ann") == {"theme": "dark"}
        assert store.tokens.find(secret, NOON) == token


def test_rows_that_make_no_sense_are_left_out(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("INSERT INTO settings VALUES ('server', '', 'a.b', '{broken')")
        connection.execute("INSERT INTO settings VALUES ('server', '', 'c.d', x'00ff')")
        connection.commit()
    spoil_events(filled)
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert store.settings.all() == {("server", ""): {"send.limit": 5, "send.unit": "mails"}}


def test_damage_met_while_running_is_repaired_at_the_next_use(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A daemon runs for months: events must not be lost until somebody restarts it."""
    monkeypatch.setattr(damage, "THOROUGH_SIZE", 0)
    spoil_events(filled)
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert store.problem == ""
        with pytest.raises(StoreError, match="damaged"):
            store.events.follow(0)
        assert store.record([event()]) == [1]
        assert "was damaged" in store.problem
        assert store.settings.all() == {("server", ""): {"send.limit": 5, "send.unit": "mails"}}
    assert not filled.with_name("store.sqlite.suspect").exists()


def test_damage_met_by_one_process_is_looked_for_by_the_next(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large file is not read whole at every start."""
    monkeypatch.setattr(damage, "THOROUGH_SIZE", 0)
    spoil_events(filled)
    with (
        closing(Store.open(f"sqlite:///{filled}")) as store,
        pytest.raises(StoreError, match="damaged"),
    ):
        store.events.follow(0)
    assert filled.with_name("store.sqlite.suspect").exists()
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert "was damaged" in store.problem
        assert store.events.follow(0) == []
    assert not filled.with_name("store.sqlite.suspect").exists()


def test_a_false_suspicion_is_dropped(filled: Path) -> None:
    filled.with_name("store.sqlite.suspect").touch()
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert store.problem == ""
    assert asides(filled) == []
    assert not filled.with_name("store.sqlite.suspect").exists()


def test_what_cannot_be_carried_over_now_is_carried_over_later(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the disk is full just then: the settings must not be lost for that."""
    spoil_events(filled)

    def fail(*_: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(preparation, "_carry_over_all", fail)
        with pytest.raises(StoreError, match="No space left"):
            Store.open(f"sqlite:///{filled}")
    assert asides(filled) == []
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert len(store.settings.all()[("server", "")]) == 2


def test_many_may_open_a_new_store_at_once(store_url: str) -> None:
    ready = threading.Barrier(6)

    def run(number: int) -> list[int]:
        ready.wait(30)
        with closing(Store.open(store_url)) as store:
            return store.record([event(count=number)])

    with ThreadPoolExecutor(6) as pool:
        assert sorted(number for (number,) in pool.map(run, range(6))) == list(range(1, 7))
    with closing(Store.open(store_url)) as store:
        assert sorted(one.count for one in store.events.follow(0)) == list(range(6))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_leaves_the_store_to_the_owner_of_its_directory(sqlite_path: Path) -> None:
    os.chown(sqlite_path.parent, 12345, 23456)
    with closing(Store.open(f"sqlite:///{sqlite_path}")) as store:
        store.record([event()])
        for file in sqlite_path.parent.iterdir():
            assert (file.stat().st_uid, file.stat().st_gid) == (12345, 23456), file


@pytest.mark.parametrize("spoil", [cut_off, overwrite_all], ids=["cut off", "overwritten"])
def test_an_examination_finds_what_nothing_has_met(
    filled: Path, spoil: Callable[[Path], None]
) -> None:
    """SQLite goes on with what it has in memory, and all of that would be lost."""
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        store.examine()
        assert store.problem == ""
        store.record([event()])
        spoil(filled)
        store.examine()
        assert "was damaged" in store.problem
        assert len(store.record([event()])) == 1
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert len(store.events.follow(0)) == 1


def test_what_cannot_be_read_any_more_is_taken_from_the_copy(filled: Path) -> None:
    """A server whose settings are lost would refuse nobody any more; what was read counts first."""
    copy: dict[StoredScope, dict[str, Any]] = {
        ("server", ""): {"send.limit": 7, "country.mode": "allow", "country.list": ["DE"]},
        ("mailbox", "bob@x.test"): {"send.limit": 500},
    }
    settings_copy.write(filled.with_name(settings_copy.NAME), copy)
    spoil_events(filled)
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert store.settings.all() == {
            ("server", ""): copy["server", ""] | {"send.limit": 5, "send.unit": "mails"},
            ("mailbox", "bob@x.test"): {"send.limit": 500},
        }
        assert "3 more settings are from the daemon's copy" in store.problem
    overwrite_all(filled)
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert store.settings.all() == copy


def test_a_damaged_copy_does_not_matter(filled: Path) -> None:
    filled.with_name(settings_copy.NAME).write_bytes(b"[{")
    overwrite_all(filled)
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert store.settings.all() == {}


@pytest.mark.parametrize("emptied", [True, False])
def test_a_store_that_is_gone_gets_the_settings_back(filled: Path, emptied: bool) -> None:
    """Nobody is refused any more by a server whose settings are gone."""
    copy = {("server", ""): {"send.limit": 7}}
    settings_copy.write(filled.with_name(settings_copy.NAME), copy)
    if emptied:
        os.truncate(filled, 0)
    else:
        filled.unlink()
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert store.settings.all() == copy
        assert "was gone. A new one was made, with 1 settings" in store.problem
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert store.problem == ""


@pytest.mark.parametrize("by_another", [True, False])
def test_a_store_that_vanishes_while_it_is_in_use_is_told(filled: Path, by_another: bool) -> None:
    """Whoever sees it empty must not believe that nothing happened."""
    url = f"sqlite:///{filled}"
    with closing(Store.open(url)) as store:
        assert store.settings.all()
        assert store.problem == ""
        filled.unlink()
        if by_another:
            Store.open(url).close()
        assert store.settings.all() == {}
        assert "taken away or replaced while it was in use" in store.problem


def test_a_first_start_is_no_problem(sqlite_path: Path) -> None:
    """There is no copy yet, or nothing in it."""
    settings_copy.write(sqlite_path.with_name(settings_copy.NAME), {})
    with closing(Store.open(f"sqlite:///{sqlite_path}")) as store:
        assert store.problem == ""


def test_a_process_that_is_killed_in_the_midst_loses_nothing(filled: Path) -> None:
    """The new file is there already, and sound, but nothing was carried over into it yet."""
    spoil_events(filled)
    program = f"""
import os
from core.store import preparation
from core.store.store import Store
preparation._carry_over_all = lambda *_: os._exit(9)
Store.open("sqlite:///{filled}")
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 9
    (aside,) = asides(filled)
    assert damage.damage(filled) == ""
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert store.settings.all() == {("server", ""): {"send.limit": 5, "send.unit": "mails"}}
        assert [entry.after for entry in store.audit.find()] == ["mails", 5]
        assert "cut short" in store.problem
        store.settings.change(("server", ""), {"send.limit": None}, "me", NOON)
    with closing(Store.open(f"sqlite:///{filled}")) as store:
        assert store.problem == ""
        assert store.settings.all() == {("server", ""): {"send.unit": "mails"}}
    assert asides(filled) == [aside]
