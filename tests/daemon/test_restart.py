"""What a restart keeps, blocks always and windows when it was a clean one, and what clocks do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.store.block import Block
from core.store.ledger import Ledger
from tests.daemon.clocks import Clocks
from tests.daemon.conftest import NewDaemon
from tests.daemon.running import RunningDaemon
from tests.daemon.wires import YES, mail

ACCOUNT = "bob@example.test"
HOUR = 3600.0


def send(daemon: RunningDaemon, count: int) -> list[str]:
    """Mails of the account, all at once."""
    with daemon.client() as client:
        return client.pipeline(mail(ACCOUNT) for _ in range(count))


def test_a_clean_restart_keeps_the_window_exactly(new_daemon: NewDaemon) -> None:
    """B7: 149 before, one after, and the next one blocks."""
    daemon = new_daemon().start()
    assert send(daemon, 149) == [YES] * 149
    daemon.restart()
    assert send(daemon, 1) == [YES]
    assert send(daemon, 1)[0].startswith(f"DEFER 4.7.1 {ACCOUNT} has sent too many mails")
    assert daemon.blocked().keys() == {ACCOUNT}


def test_a_window_that_was_kept_grows_old_as_time_passes(
    new_daemon: NewDaemon, tmp_path: Path
) -> None:
    """Mails that were sent before the restart leave the window when their time has come."""
    clocks = Clocks(tmp_path)
    daemon = new_daemon({"send.limit": 3}, prelude=clocks.prelude).start()
    assert send(daemon, 2) == [YES] * 2
    clocks.pass_time(200)
    assert send(daemon, 1) == [YES]
    daemon.stop()
    clocks.pass_time(301)
    daemon.start()
    assert send(daemon, 3)[:2] == [YES] * 2
    assert daemon.blocked().keys() == {ACCOUNT}


def test_several_restarts_lose_nothing(new_daemon: NewDaemon) -> None:
    """Each one hands on what the one before has kept."""
    daemon = new_daemon({"send.limit": 3})
    for _ in range(3):
        daemon.start()
        assert send(daemon, 1) == [YES]
        daemon.stop()
    daemon.start()
    assert send(daemon, 1)[0].startswith("DEFER")


def test_a_stop_during_the_start_keeps_the_windows(new_daemon: NewDaemon) -> None:
    """A service manager that restarts twice in a row stops a daemon that is not ready yet."""
    told = "told"
    daemon = new_daemon({"send.limit": 3}).start()
    assert send(daemon, 3) == [YES] * 3
    daemon.stop()
    daemon.prelude = f"""
import os, signal
from core.daemon import windows_file
restore = windows_file.restore
def restore_and_be_told_to_end(*arguments):
    problem = restore(*arguments)
    open({str(daemon.root / told)!r}, "w").close()
    os.kill(os.getpid(), signal.SIGTERM)
    return problem
windows_file.restore = restore_and_be_told_to_end
"""
    daemon.start(ready=False)
    assert daemon.ended() == 0, daemon.output()
    assert (daemon.root / told).exists()
    daemon.prelude = ""
    daemon.start()
    assert send(daemon, 1)[0].startswith("DEFER")


def test_kill_keeps_blocks_and_forgives_windows(new_daemon: NewDaemon) -> None:
    """B7: a crash is lenient for one window's length, never with a block."""
    daemon = new_daemon({"send.limit": 3}).start()
    assert send(daemon, 4)[3].startswith("DEFER")
    assert daemon.mail("other@example.test") == YES
    daemon.kill()
    daemon.start()
    assert daemon.blocked().keys() == {ACCOUNT}
    assert send(daemon, 1)[0].startswith("DEFER")
    with daemon.client() as client:
        answers = client.pipeline(mail("other@example.test") for _ in range(3))
    assert answers == [YES] * 3


@pytest.mark.parametrize("jump", [2 * HOUR, 400 * 24 * HOUR, -2 * HOUR, -400 * 24 * HOUR])
def test_a_clock_that_is_set_moves_no_end_of_a_block(
    new_daemon: NewDaemon, tmp_path: Path, jump: float
) -> None:
    """A block lasts an hour by the clock that never jumps, whatever the other one says."""
    clocks = Clocks(tmp_path)
    daemon = new_daemon({"send.limit": 1, "send.block_seconds": 3600}, prelude=clocks.prelude)
    daemon.start()
    assert send(daemon, 2)[1].startswith("DEFER")
    clocks.set_wall(jump)
    assert send(daemon, 1)[0].startswith("DEFER")
    assert 3500 < daemon.blocked()[ACCOUNT] <= 3600
    clocks.set_steady(3500)
    assert send(daemon, 1)[0].startswith("DEFER")
    clocks.set_steady(3601)
    assert send(daemon, 1) == [YES]
    assert daemon.blocked() == {}
    assert daemon.status()["faults"] == 0


@pytest.mark.parametrize("jump", [2 * HOUR, -2 * HOUR])
def test_a_clock_that_is_set_moves_no_window(
    new_daemon: NewDaemon, tmp_path: Path, jump: float
) -> None:
    """The third mail within five minutes is the third, whatever the clock says in between."""
    clocks = Clocks(tmp_path)
    daemon = new_daemon({"send.limit": 2}, prelude=clocks.prelude).start()
    assert send(daemon, 1) == [YES]
    clocks.set_wall(jump)
    assert send(daemon, 1) == [YES]
    assert send(daemon, 1)[0].startswith("DEFER")


@pytest.mark.parametrize(
    ("begun", "left"),
    [
        (-HOUR, 5 * HOUR),  # an hour of six is over
        (-5.9 * HOUR, 0.1 * HOUR),
        (-6.1 * HOUR, 0),
        (2 * HOUR, 6 * HOUR),  # the clock was set back since: never longer than its length
        (400 * 24 * HOUR, 6 * HOUR),
    ],
)
def test_a_block_from_the_ledger_lasts_no_longer_than_it_may(
    new_daemon: NewDaemon, begun: float, left: float
) -> None:
    """B7: what is left of it is left, by the clock as it is when the daemon starts."""
    daemon = new_daemon()
    now = time.time()
    ledger = Ledger.open(daemon.state / "ledger", now=now)
    ledger.block(
        Block(
            account=ACCOUNT,
            started=now + begun,
            until=now + begun + 6 * HOUR,
            seconds=int(6 * HOUR),
            reason="send_limit",
        )
    )
    ledger.close()
    daemon.start()
    found = daemon.blocked().get(ACCOUNT, 0)
    assert left - 60 <= found <= left


@pytest.mark.parametrize(
    ("written", "passes"),
    [
        (-100.0, 1),  # two mails of three are still in the window
        (-1000.0, 3),  # the clock was set forward, or the server was off: forgiven
        (5000.0, 1),  # the clock was set back: nothing became younger than it was
    ],
)
def test_a_windows_file_under_another_clock(
    new_daemon: NewDaemon, written: float, passes: int
) -> None:
    """Ages are kept and not times, so a clock that was set costs nobody more than he has sent."""
    daemon = new_daemon({"send.limit": 3})
    kept = f'{time.time() + written}\n["{ACCOUNT}", [150.0, 10.0]]\n'
    (daemon.state / "windows").write_text(kept)
    daemon.start()
    answers = send(daemon, 4)
    assert answers.count(YES) == passes


def test_a_release_is_kept_too(new_daemon: NewDaemon) -> None:
    """A13: whoever was let go stays free, and starts afresh."""
    daemon = new_daemon({"send.limit": 2}).start()
    assert send(daemon, 3)[2].startswith("DEFER")
    assert daemon.control.call("release", account=ACCOUNT, by="a test") == {"released": True}
    daemon.kill()
    daemon.start()
    assert daemon.blocked() == {}
    assert send(daemon, 2) == [YES] * 2
