"""kill -9 at any moment: what was announced stands, and the store is whole."""

from __future__ import annotations

import random
import signal
import threading
import time
from contextlib import closing

from core.store.block import Block
from core.store.ledger import COMPACT_AT
from core.store.ledger_line import encode
from tests.daemon.conftest import NewDaemon
from tests.daemon.running import RunningDaemon
from tests.daemon.wires import YES, ServerGone

ACCOUNTS = [f"user{number}@example.test" for number in range(300)]
LIMIT = 3


class Load:
    """Mail servers that report mails of many accounts until the daemon is gone.

    Attributes:
        answered: how many answers were read.
        announced: accounts whose block somebody was told of.
    """

    def __init__(self, daemon: RunningDaemon, seed: int, connections: int = 8) -> None:
        self.answered = 0
        self.announced: set[str] = set()
        self._daemon = daemon
        self._threads = [
            threading.Thread(target=self._send, args=(random.Random(seed * 100 + number),))
            for number in range(connections)
        ]
        for thread in self._threads:
            thread.start()

    def _send(self, chance: random.Random) -> None:
        with self._daemon.client() as client:
            while True:
                account = chance.choice(ACCOUNTS)
                try:
                    action = client.mail(account)
                except ServerGone:
                    return
                if action.startswith(
                    "DEFER 4.7.1"
                ):  # 4.3.0 asks to come back, and announces nothing
                    self.announced.add(account)
                self.answered += 1

    def end(self) -> None:
        """Wait until every mail server has noticed that nobody answers any more."""
        for thread in self._threads:
            thread.join()


def test_no_announced_block_is_lost(new_daemon: NewDaemon) -> None:
    """B7: six rounds of eight mail servers and kill -9, each at another moment."""
    chance = random.Random(20_260_101)
    daemon = new_daemon({"send.limit": LIMIT})
    announced: set[str] = set()
    for round_number in range(6):
        daemon.start()
        assert announced <= daemon.blocked().keys()
        load = Load(daemon, round_number)
        # By turns early, while blocks begin, and late, while the writer is at work.
        answers, seconds = chance.randrange(20, 3000), chance.uniform(0.9, 2.3)
        begun = time.monotonic()
        while load.answered < answers or (round_number % 2 and time.monotonic() - begun < seconds):
            assert daemon.is_running
            time.sleep(0.001)
        daemon.signal(signal.SIGKILL)
        load.end()
        daemon.ended()
        announced |= load.announced
        assert announced <= daemon.ledger(time.time()).keys()
        with closing(daemon.store()) as store:
            assert store.problem == ""
            assert store.check() == ""
        assert sum(event.count for event in daemon.events()) == daemon.counted()
    assert len(announced) > len(ACCOUNTS) // 2, "the test blocked hardly anybody"
    assert daemon.counted() > len(ACCOUNTS), "the test was over before anything was written"


def test_a_start_that_is_killed_loses_nothing(new_daemon: NewDaemon) -> None:
    """B7: while a ledger is being rewritten, or a store mended."""
    chance = random.Random(20_260_102)
    daemon = new_daemon({"send.limit": LIMIT})
    now = time.time()
    accounts = {f"user{number}@example.test" for number in range(2000)}
    blocks = [
        Block(account=account, started=now, until=now + 21_600, seconds=21_600, reason="send_limit")
        for account in accounts
    ]
    content = b"".join(map(encode, blocks))
    assert len(content) > COMPACT_AT, "it is rewritten at each start"
    (daemon.state / "ledger").write_bytes(content)
    spoilt = random.Random(1).randbytes(50_000)
    for _ in range(8):
        (daemon.state / "store.sqlite").write_bytes(spoilt)
        daemon.start(ready=False)
        time.sleep(chance.uniform(0.1, 0.5))
        daemon.kill()
    daemon.start()
    assert daemon.blocked().keys() == accounts
    assert daemon.mail("bob@example.test") == YES
    daemon.stop()
    assert daemon.ledger(now).keys() == accounts
    with closing(daemon.store()) as store:
        assert store.check() == ""
    assert daemon.counted() == 1
