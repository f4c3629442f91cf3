"""Files that are damaged, removed or replaced, before the start and while the daemon runs."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.store.store import Store
from tests.daemon import world
from tests.daemon.conftest import NewDaemon
from tests.daemon.patience import await_true
from tests.daemon.running import RunningDaemon
from tests.daemon.wires import YES, mail
from tests.daemon.world import GERMANY, REFUSE_RUSSIA, RUSSIA

LIMIT = 3
RULES = {**REFUSE_RUSSIA, "send.limit": LIMIT}

Spoil = Callable[[Path], None]


def cut_off(path: Path) -> None:
    """As a full disk or a broken copy leaves it."""
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    """As ``> file`` leaves it."""
    os.truncate(path, 0)


def overwritten(path: Path) -> None:
    """Garbage of the same length, in place, as ``cp`` writes it."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(os.urandom(size))


def removed(path: Path) -> None:
    """As somebody who tidies up."""
    path.unlink()


def name(spoil: Spoil) -> str:
    """For the test's id."""
    return spoil.__name__


each_damage = pytest.mark.parametrize("spoil", [cut_off, emptied, overwritten, removed], ids=name)


def refuses(daemon: RunningDaemon, address: str = RUSSIA) -> bool:
    """Whether an address is refused at connect."""
    action = daemon.ask(policy_context="connect", client_address=address)
    return action.startswith("REJECT")


def block(daemon: RunningDaemon, account: str) -> None:
    """Get an account blocked, and read that it is."""
    with daemon.client() as client:
        answers = client.pipeline(mail(account) for _ in range(4))
    assert answers[:3] == [YES] * 3
    assert answers[3].startswith("DEFER 4.7.1")


# the country database


@each_damage
def test_the_country_database_of_a_running_daemon(new_daemon: NewDaemon, spoil: Spoil) -> None:
    """E17: look-ups go on, of addresses that nobody has asked about too, without a fault."""
    daemon = new_daemon(RULES).start()
    assert refuses(daemon)
    spoil(daemon.data / "country.mmdb")
    for number in range(1, 100):
        assert refuses(daemon, f"203.0.113.{number}")
        assert not refuses(daemon, f"198.51.100.{number}")
    assert daemon.status()["faults"] == 0


@each_damage
def test_the_country_database_before_a_reload(new_daemon: NewDaemon, spoil: Spoil) -> None:
    """Where the package has no seed to put in its place: no opinion, no fault, and a red status."""
    daemon = new_daemon(RULES, prelude=WITHOUT_SEEDS).start()
    assert refuses(daemon)
    spoil(daemon.data / "country.mmdb")
    daemon.control.call("reload")
    assert daemon.problems()["data country"]
    for number in range(1, 50):
        daemon.ask(policy_context="connect", client_address=f"203.0.113.{number}")
        assert not refuses(daemon, f"198.51.100.{number}")
    assert daemon.status()["faults"] == 0
    daemon.data.joinpath("country.mmdb").unlink(missing_ok=True)
    world.write(daemon.data)
    daemon.control.call("reload")
    assert daemon.problems() == {}
    assert refuses(daemon)


WITHOUT_SEEDS = """
from pathlib import Path
from core.sources import seed
seed.plant.__defaults__ = (Path("/nowhere"),)
"""


def test_data_that_was_replaced_is_picked_up_and_the_old_let_go(new_daemon: NewDaemon) -> None:
    """E17: as an update does it, again and again: one copy is open, and no descriptor leaks."""
    daemon = new_daemon(RULES).start()
    assert refuses(daemon)
    daemon.control.call("reload")
    descriptors, countries = daemon.descriptors(), daemon.maps().count("country.mmdb")
    assert countries == 1
    for round_number in range(6):
        germany = ["DE", "RU"][(round_number + 1) % 2]
        world.write(daemon.data, **{"198.51.100.0/24": germany})
        daemon.control.call("reload")
        assert refuses(daemon, GERMANY) == (germany == "RU")
    assert daemon.maps().count("country.mmdb") == countries
    await_true(lambda: daemon.descriptors() <= descriptors, "closed descriptors")


# the store


def stop_and_spoil(daemon: RunningDaemon, spoil: Spoil) -> None:
    """Damage between two runs; nothing of SQLite's own is left that could mend it."""
    daemon.stop()
    assert not (daemon.state / "store.sqlite-wal").exists()
    spoil(daemon.state / "store.sqlite")


@each_damage
def test_a_store_that_was_damaged_while_the_daemon_was_down(
    new_daemon: NewDaemon, spoil: Spoil
) -> None:
    """E17: it starts, it refuses whom it refused before, blocks stand, and events are written."""
    daemon = new_daemon(RULES).start()
    block(daemon, "bob@example.test")
    stop_and_spoil(daemon, spoil)
    daemon.start()
    assert daemon.blocked().keys() == {"bob@example.test"}
    said = "was gone" if spoil in (removed, emptied) else "was damaged"
    assert said in daemon.problems()["store"]
    assert refuses(daemon)
    daemon.await_written()
    assert daemon.counted() == 1
    daemon.stop()
    with closing(daemon.store()) as store:
        assert store.check() == ""


@pytest.mark.parametrize("spoil", [cut_off, emptied, overwritten], ids=name)
def test_a_store_that_is_damaged_while_the_daemon_runs(new_daemon: NewDaemon, spoil: Spoil) -> None:
    """Whoever opens it next, here a command, mends it; the daemon goes on in the new one."""
    daemon = new_daemon(RULES).start()
    assert refuses(daemon)
    daemon.await_written()
    spoil(daemon.state / "store.sqlite")
    block(daemon, "bob@example.test")
    with closing(Store.open(daemon.store_url)) as command:
        assert "was damaged" in command.problem
        assert command.settings.all()["server", ""] == RULES
    assert refuses(daemon, "203.0.113.8")
    await_true(lambda: daemon.counted() > 0, "events in the new store", daemon.output)
    assert daemon.control.call("reload") == {"problems": []}
    assert refuses(daemon, "203.0.113.9")
    assert daemon.blocked().keys() == {"bob@example.test"}
    daemon.restart()
    assert daemon.blocked().keys() == {"bob@example.test"}
    assert daemon.problems() == {}


def test_a_store_that_is_removed_while_the_daemon_runs(new_daemon: NewDaemon) -> None:
    """A new one is made at the next event; the settings in force stay so."""
    daemon = new_daemon(RULES).start()
    assert refuses(daemon)
    daemon.await_written()
    for companion in ("", "-wal", "-shm"):
        (daemon.state / f"store.sqlite{companion}").unlink(missing_ok=True)
    assert refuses(daemon, "203.0.113.8")
    await_true(lambda: daemon.counted() == 1, "events in the new store", daemon.output)
    assert daemon.status()["faults"] == 0


@pytest.mark.parametrize(
    "value",
    ["{broken", '"a word"', "-5", "null", '{"an": "object"}', "1e999", "[" * 5000],
    ids=["cut", "word", "negative", "null", "object", "infinite", "deep"],
)
def test_a_broken_setting(new_daemon: NewDaemon, value: str) -> None:
    """Reported, on reload and at the start; its last good value and every other setting count."""
    daemon = new_daemon(RULES).start()
    with closing(sqlite3.connect(daemon.state / "store.sqlite")) as connection:
        connection.execute("UPDATE settings SET value = ? WHERE name = 'send.limit'", (value,))
        connection.commit()
    (problem,) = daemon.control.call("reload")["problems"]
    assert problem.startswith("server: send.limit: ")
    assert daemon.problems() == {"settings": problem}
    for account in ("bob@example.test", "eve@example.test"):
        assert refuses(daemon)
        with daemon.client() as client:
            answers = client.pipeline(mail(account) for _ in range(10))
        assert [answer == YES for answer in answers] == [n < LIMIT for n in range(10)]
        daemon.kill()
        daemon.start()


# the ledger and the windows


@pytest.mark.parametrize("spoil", [cut_off, emptied, overwritten, removed], ids=name)
def test_the_ledger_before_the_start(new_daemon: NewDaemon, spoil: Spoil) -> None:
    """B7: the history in the store stands in for what the ledger does not know any more."""
    daemon = new_daemon(RULES).start()
    accounts = {f"user{number}@example.test" for number in range(20)}
    for account in accounts:
        block(daemon, account)
    daemon.stop()
    spoil(daemon.state / "ledger")
    daemon.start()
    assert daemon.blocked().keys() == accounts
    daemon.stop()
    assert daemon.ledger(time.time()).keys() == accounts


@pytest.mark.parametrize("spoil", [emptied, removed], ids=name)
def test_the_ledger_of_a_running_daemon(new_daemon: NewDaemon, spoil: Spoil) -> None:
    """B7: with the next block everything is written anew, and it outlives kill -9."""
    daemon = new_daemon(RULES).start()
    block(daemon, "before@example.test")
    spoil(daemon.state / "ledger")
    block(daemon, "after@example.test")
    assert "written anew" in daemon.problems()["ledger"]
    daemon.kill()
    assert daemon.ledger(time.time()).keys() == {"before@example.test", "after@example.test"}


def test_a_torn_last_line_of_the_ledger(new_daemon: NewDaemon) -> None:
    """The power went while a block was being written: it had not been announced."""
    daemon = new_daemon(RULES).start()
    block(daemon, "bob@example.test")
    daemon.kill()
    path = daemon.state / "ledger"
    content = path.read_bytes()
    end = len(content.rstrip(b"\n")) + 1
    torn = b'{"record":"block","account":"torn@example.test","sta'
    path.write_bytes(content[:end] + torn + content[end + len(torn) :])
    daemon.start()
    assert daemon.blocked().keys() == {"bob@example.test"}
    assert daemon.problems() == {}


@pytest.mark.parametrize("content", [b"", b"\xc1" * 500, os.urandom(5000), b"\x81" * 3000])
def test_the_windows_file(new_daemon: NewDaemon, content: bytes) -> None:
    """Lenient for one window's length, and reported."""
    daemon = new_daemon(RULES)
    (daemon.state / "windows").write_bytes(content)
    daemon.start()
    assert "damaged" in daemon.problems()["windows"]
    block(daemon, "bob@example.test")
