"""Starting where something is in the way: clearly refused, or started with what there is."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemon.conftest import NewDaemon
from tests.daemon.preludes import POWERLESS, TELLING
from tests.daemon.running import RunningDaemon
from tests.daemon.wires import YES
from tests.daemon.world import REFUSE_RUSSIA, RUSSIA

TROUBLE = 5
REFUSED = 4


def refusal(daemon: RunningDaemon) -> tuple[int, str]:
    """How it ends instead of starting, and what it says: one line, no traceback."""
    said_before = daemon.output()
    daemon.start(ready=False)
    code = daemon.ended()
    said = daemon.output().removeprefix(said_before)
    assert "Traceback" not in said
    return code, next(line for line in said.splitlines() if line.startswith("mailward: "))


def test_a_second_daemon_is_refused_and_disturbs_nobody(new_daemon: NewDaemon) -> None:
    """Two of them would each count half; the first one's doors and files stay its own."""
    first = new_daemon(REFUSE_RUSSIA).start()
    inodes = {path: path.stat().st_ino for path in first.run.iterdir()}
    with first.client() as client:
        assert client.knock(RUSSIA).startswith("REJECT")
        second = RunningDaemon.__new__(RunningDaemon)
        second.__dict__ |= first.__dict__ | {"process": None, "manager": None}
        second.stderr = first.root / "second"
        code, line = refusal(second)
        assert code == TROUBLE
        assert line == f"mailward: another daemon already runs on {first.state}"
        assert client.knock(RUSSIA).startswith("REJECT")
    assert {path: path.stat().st_ino for path in first.run.iterdir()} == inodes
    assert first.ask(policy_context="connect", client_address=RUSSIA).startswith("REJECT")
    assert first.answers()


def test_another_daemon_in_the_same_run_directory_keeps_its_doors(new_daemon: NewDaemon) -> None:
    """A configuration that was copied and half changed."""
    first = new_daemon(REFUSE_RUSSIA).start()
    second = new_daemon(name="e", listen={"policy": [first.policy]}).start()
    assert "Address already in use" in second.problems()[f"door {first.policy}"]
    second.stop()
    assert first.ask(policy_context="connect", client_address=RUSSIA).startswith("REJECT")


def test_a_killed_daemon_s_sockets_and_lock_are_no_obstacle(new_daemon: NewDaemon) -> None:
    """kill -9 leaves both behind."""
    daemon = new_daemon(REFUSE_RUSSIA).start()
    daemon.kill()
    assert (daemon.run / "policy.sock").exists()
    daemon.start()
    assert daemon.ask(policy_context="connect", client_address=RUSSIA).startswith("REJECT")


def test_a_state_directory_that_cannot_be_written(new_daemon: NewDaemon) -> None:
    """The one thing without which there is no daemon: blocks would not last."""
    daemon = new_daemon(prelude=POWERLESS)
    daemon.state.chmod(0o555)
    code, line = refusal(daemon)
    daemon.state.chmod(0o755)
    assert code == TROUBLE
    assert line == f"mailward: {daemon.state} cannot be used: Permission denied"


def test_a_state_directory_that_is_a_file(new_daemon: NewDaemon) -> None:
    """A typing error in the configuration."""
    daemon = new_daemon()
    daemon.config.write_text('[paths]\nstate = "mailward.toml"\nrun = "run"\nlog = "log"\n')
    assert refusal(daemon)[0] == TROUBLE


@pytest.mark.parametrize(
    ("listen", "said"),
    [
        ({"policy": ["udp:127.0.0.1:1"]}, "listen.policy"),
        ({"dovecot": "tcp:192.0.2.1:4001"}, "listen.dovecot"),
        ({"metrics": "tcp:127.0.0.1:99999"}, "listen.metrics"),
        ({"metrics": "unix:/run/metrics"}, "listen.metrics"),
        ({"policy": ["tcp:127.0.0.1:65536"]}, "listen.policy"),
        ({"doors": "open"}, "doors"),
    ],
)
def test_a_configuration_that_makes_no_sense(
    new_daemon: NewDaemon, listen: dict[str, object], said: str
) -> None:
    """Refused with the name of what is wrong, before anything is touched."""
    code, line = refusal(new_daemon(listen=listen))
    assert code == REFUSED
    assert said in line


def test_doors_that_are_switched_off(new_daemon: NewDaemon) -> None:
    """A server that is asked by Dovecot alone needs no policy socket."""
    daemon = new_daemon(listen={"policy": ["off"], "dovecot": "off"}).start()
    assert [door["kind"] for door in daemon.status()["doors"]] == ["control"]
    assert daemon.problems() == {}
    daemon.stop()
    silent = new_daemon(name="e", listen={"control": "off"}).start()
    assert silent.mail("bob@example.test") == YES
    assert sorted(path.name for path in silent.run.iterdir()) == ["policy.sock"]


def test_a_run_directory_that_cannot_be_written(new_daemon: NewDaemon) -> None:
    """The doors elsewhere still open, and the log says which did not."""
    daemon = new_daemon(prelude=POWERLESS)
    elsewhere = daemon.root / "elsewhere"
    elsewhere.mkdir()
    write_listen(daemon, policy=[f"unix:{elsewhere}/policy.sock", f"unix:{daemon.run}/p.sock"])
    daemon.run.mkdir(mode=0o555)
    daemon.policy = f"unix:{elsewhere}/policy.sock"
    daemon.start()
    assert daemon.mail("bob@example.test") == YES
    assert "Permission denied" in daemon.output()
    daemon.stop()


def write_listen(daemon: RunningDaemon, policy: list[str]) -> None:
    """Other policy doors than the usual one."""
    text = daemon.config.read_text()
    daemon.config.write_text(text.replace("[listen]\n", f"[listen]\npolicy = {policy!r}\n"))


def test_a_tcp_port_that_is_taken(new_daemon: NewDaemon) -> None:
    """The other doors open; once the port is free, a reload opens that one too."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        endpoint = f"tcp:127.0.0.1:{taken.getsockname()[1]}"
        daemon = new_daemon(REFUSE_RUSSIA)
        write_listen(daemon, [daemon.policy, endpoint])
        daemon.start()
        assert "Address already in use" in daemon.problems()[f"door {endpoint}"]
        assert daemon.ask(policy_context="connect", client_address=RUSSIA).startswith("REJECT")
    daemon.control.call("reload")
    assert daemon.problems() == {}
    daemon.policy = endpoint
    assert daemon.ask(policy_context="connect", client_address=RUSSIA).startswith("REJECT")


@pytest.mark.parametrize("trouble", ["missing", "read-only"])
def test_a_log_directory_that_cannot_be_used(
    new_daemon: NewDaemon, tmp_path: Path, trouble: str
) -> None:
    """The log is lost and counted; decisions, blocks and the store do not depend on it."""
    daemon = new_daemon({**REFUSE_RUSSIA, "send.limit": 1}, prelude=POWERLESS)
    if trouble == "missing":
        daemon.log.write_text("a file")
    else:
        daemon.log.mkdir(mode=0o555)
    daemon.start()
    assert "log" in daemon.problems() or "directories" in daemon.problems()
    assert daemon.mail("bob@example.test") == YES
    assert daemon.mail("bob@example.test").startswith("DEFER 4.7.1")
    daemon.await_written()
    assert daemon.status()["events"]["log_lost"] == 2
    assert daemon.problems()["log"]
    assert daemon.counted() == 2
    daemon.stop()


def test_everything_is_made_private(new_daemon: NewDaemon) -> None:
    """Account names and the Dovecot secret are nobody's business."""
    daemon = new_daemon().start()
    daemon.mail("bob@example.test")
    daemon.stop()
    assert daemon.log.stat().st_mode & 0o007 == 0
    assert daemon.run.stat().st_mode & 0o007 == 0
    known = {path.name: path.stat().st_mode & 0o007 for path in daemon.state.iterdir()}
    assert {name for name, open_to in known.items() if open_to} == {"data"}
    assert (daemon.state / "dovecot.secret").stat().st_mode & 0o077 == 0


LATE = (
    *("click", "core.cli.program", "core.cli.session"),  # words and help of the command
    *("core.mta.postfix", "core.mta.exim", "core.mta.dovecot"),  # hooks
    *("core.notify.submission", "core.notify.letter", "core.notify.report", "smtplib"),
    *("core.notify.webhook", "http.client", "requests", "ssl", "email.message"),
    *("core.maillog.dialects", "core.maillog.reader"),  # a process of its own reads logs
    *("core.sources.dns_lists.resolver", "dns", "cryptography", "prometheus_client"),
    *("alembic", "sqlalchemy.dialects.postgresql", "rich", "babel", "flask"),
)
"""What is loaded when there is a use for it. A log costs the daemon none of it."""


@pytest.mark.parametrize("start", ["first", "second"])
def test_a_daemon_has_loaded_what_it_had_use_for(
    new_daemon: NewDaemon, tmp_path: Path, start: str
) -> None:
    """Nobody was told anything, no list was asked: it has answered, written and ended."""
    mail_log = tmp_path / "mail.log"
    mail_log.touch()
    daemon = new_daemon({}, prelude=TELLING, logs=[str(mail_log)])
    if start == "second":
        daemon.start().stop()
    daemon.start()
    assert daemon.mail("bob@example.test") == YES
    daemon.stop()
    loaded = set(daemon.output().rpartition("loaded: ")[2].split())
    assert {"core.daemon.daemon", "sqlalchemy", "core.store.store"} <= loaded
    assert loaded.isdisjoint(LATE)


@pytest.mark.parametrize("command", ["core", "cpanel", "directadmin", "plesk"])
def test_a_panel_s_command_begins_with_little(command: str) -> None:
    """What changes servers, or looks into their mail servers, would stay in the daemon for ever.

    And OpenSSL, once loaded, would stay too, though the libraries could do without.
    """
    program = f"import sys, {command}.__main__; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.split())
    assert f"{command}.__main__" in loaded
    assert loaded.isdisjoint({*LATE, "_hashlib", "asyncio", "core.system.plan", "difflib"})
