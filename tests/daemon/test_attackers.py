"""Somebody guesses passwords by Dovecot's wire: refused, after a restart too, until let go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.core.daemon.rig import free_port
from tests.daemon.conftest import NewDaemon
from tests.daemon.running import RunningDaemon
from tests.daemon.wires import DovecotClient
from tests.daemon.world import GERMANY, RUSSIA

ENOUGH = 15
"""Accounts that nobody takes for mistakes."""


@contextmanager
def dovecot(daemon: RunningDaemon, endpoint: str) -> Iterator[DovecotClient]:
    """Dovecot, connected."""
    key = (daemon.state / "dovecot.secret").read_text().strip()
    with DovecotClient(endpoint, key) as client:
        yield client


def may_try(client: DovecotClient, address: str, account: str = "eve@example.test") -> bool:
    """Whether a password may be tried."""
    answer = client.command("allow", login=account, remote=address, protocol="imap", pwhash="01")
    return bool(answer["status"] == 0)


def fail(client: DovecotClient, address: str, account: str, pwhash: str) -> None:
    """A wrong password, as Dovecot tells of it."""
    login = {"login": account, "remote": address, "protocol": "imap", "pwhash": pwhash}
    client.command("report", **login, success=False, policy_reject=False)


def guess(client: DovecotClient, address: str) -> int:
    """Fifteen accounts; returns how many tries got through."""
    let = 0
    for number in range(ENOUGH):
        account = f"name{number}@example.test"
        if may_try(client, address, account):
            let += 1
            fail(client, address, account, f"{number:04x}")
    return let


def test_an_attacker_is_refused_survives_a_restart_and_is_released(new_daemon: NewDaemon) -> None:
    """A18: by the wire that Dovecot speaks; a neighbour is not concerned."""
    endpoint = f"tcp:127.0.0.1:{free_port()}"
    daemon = new_daemon(listen={"dovecot": endpoint}).start()
    with dovecot(daemon, endpoint) as client:
        assert guess(client, RUSSIA) < ENOUGH
        assert not may_try(client, RUSSIA)
        assert may_try(client, GERMANY)
    with daemon.client() as postfix:
        assert "Too many failed logins" in postfix.knock(RUSSIA)
    daemon.restart()
    with dovecot(daemon, endpoint) as client:
        assert not may_try(client, RUSSIA)
        (found,) = daemon.control.call("attackers")["attackers"]
        assert found["place"] == RUSSIA
        assert daemon.control.call("forgive", place=RUSSIA, by="a test") == {"released": [RUSSIA]}
        assert may_try(client, RUSSIA)
    daemon.restart()
    with dovecot(daemon, endpoint) as client:
        assert may_try(client, RUSSIA), "a release lasts"
    daemon.stop()
    with closing(daemon.store()) as store:
        (kept,) = store.attackers.history()
    assert kept.released_by == "a test"


def test_a_phone_with_an_old_password_is_let_try_all_day(new_daemon: NewDaemon) -> None:
    """A18: three hundred times, and its owner gets in."""
    endpoint = f"tcp:127.0.0.1:{free_port()}"
    daemon = new_daemon(listen={"dovecot": endpoint}).start()
    with dovecot(daemon, endpoint) as client:
        for _ in range(300):
            assert may_try(client, GERMANY, "bob@example.test")
            fail(client, GERMANY, "bob@example.test", "0a1e")
    assert daemon.control.call("attackers")["count"] == 0


def test_a_password_s_hash_is_nowhere(new_daemon: NewDaemon) -> None:
    """facts/mta_hooks.md 3.2: in no log, no store, no file of the daemon."""
    endpoint = f"tcp:127.0.0.1:{free_port()}"
    secret = "5ec7e7ba5b"
    daemon = new_daemon(listen={"dovecot": endpoint}).start()
    with dovecot(daemon, endpoint) as client:
        for number in range(ENOUGH):
            fail(client, RUSSIA, f"name{number}@example.test", secret)
        may_try(client, RUSSIA)
    daemon.await_written()
    daemon.stop()
    files = [path for path in daemon.root.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert not [path for path in files if secret.encode() in path.read_bytes()]
