"""Metrics of the live daemon: what Prometheus reads, and that nobody reads what was not offered."""

from __future__ import annotations

import socket
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.daemon.conftest import NewDaemon
from tests.daemon.patience import await_true
from tests.daemon.running import RunningDaemon
from tests.daemon.wires import YES, knock
from tests.daemon.world import GERMANY, REFUSE_RUSSIA, RUSSIA

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Scraped:
    """Everything that one scrape says."""

    def __init__(self, port: int) -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            assert answer.status == 200
            self.kind = answer.headers["Content-Type"]
            text = answer.read().decode()
        self.types: dict[str, str] = {}
        self.samples: Samples = {}
        for family in text_string_to_metric_families(text):
            assert family.documentation
            assert family.name not in self.types
            self.types[family.name] = family.type
            for sample in family.samples:
                key = (sample.name, frozenset(sample.labels.items()))
                assert key not in self.samples
                self.samples[key] = sample.value

    def __call__(self, name: str, **labels: str) -> float:
        """One value; 0 where there is none yet."""
        return self.samples.get((f"mailward_{name}", frozenset(labels.items())), 0.0)


def measured(new_daemon: NewDaemon) -> tuple[RunningDaemon, int]:
    """A daemon with metrics, and their port."""
    port = free_port()
    daemon = new_daemon(
        {**REFUSE_RUSSIA, "send.limit": 2}, listen={"metrics": f"tcp:127.0.0.1:{port}"}
    )
    return daemon.start(), port


def test_numbers_move_with_what_happens(new_daemon: NewDaemon) -> None:
    """E15: a valid exposition, counters that count, gauges that go up and down."""
    daemon, port = measured(new_daemon)
    before = Scraped(port)
    with daemon.client() as client:
        client.pipeline([knock(RUSSIA)] * 300 + [knock(GERMANY)] * 200)
        assert [client.mail("bob@example.test") for _ in range(2)] == [YES] * 2
        assert client.mail("bob@example.test").startswith("DEFER")
        assert client.mail("amy@example.test") == YES
    daemon.await_written()
    after = Scraped(port)
    assert after.kind.startswith("text/plain")
    assert after.types["mailward_requests"] == "counter"
    assert after.types["mailward_blocked_accounts"] == "gauge"
    assert after("requests_total", stage="connect") - before("requests_total", stage="connect") == (
        500
    )
    assert after("requests_total", stage="send") == 4
    refused = {"stage": "connect", "service": "submission", "verdict": "deny", "reason": "country"}
    assert after("verdicts_total", **refused) == 300
    deferred = {"stage": "send", "service": "submission", "verdict": "defer"}
    assert after("verdicts_total", **deferred, reason="send_limit") == 1
    assert (before("blocked_accounts"), after("blocked_accounts")) == (0, 1)
    assert after("send_windows") == 1
    assert after("faults_total") == 0
    assert after("start_time_seconds") == before("start_time_seconds") > 1.7e9
    daemon.control.call("release", account="bob@example.test")
    assert Scraped(port)("blocked_accounts") == 0


def test_scrapes_under_load_and_after_a_reload(new_daemon: NewDaemon) -> None:
    """A scrape never meets half a state; counters never go back while the daemon runs.

    What was counted within the last second may come with a later scrape.
    """
    daemon, port = measured(new_daemon)
    last, sent = 0.0, 0
    with daemon.client() as client:
        for number in range(10):
            client.pipeline([knock(RUSSIA)] * 200)
            sent += 200
            if number % 4 == 3:
                daemon.control.call("reload")
            asked = Scraped(port)("requests_total", stage="connect")
            assert last <= asked <= sent
            last = asked

    def all_counted() -> bool:
        return Scraped(port)("requests_total", stage="connect") == sent

    await_true(all_counted, "the last second's connections", daemon.output)


def test_a_port_that_is_taken_is_a_problem_and_no_more(new_daemon: NewDaemon) -> None:
    """Mail matters more than its statistics."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        endpoint = f"tcp:127.0.0.1:{taken.getsockname()[1]}"
        daemon = new_daemon(REFUSE_RUSSIA, listen={"metrics": endpoint}).start()
        assert daemon.problems() == {"metrics": f"{endpoint}: Address already in use"}
        assert daemon.ask(policy_context="connect", client_address=RUSSIA).startswith("REJECT")
        daemon.stop()


def test_they_are_off_unless_asked_for(new_daemon: NewDaemon) -> None:
    """Without a word in the configuration nothing listens on any TCP port."""
    daemon = new_daemon().start()
    own = {
        Path(f"/proc/{daemon.pid}/fd/{entry.name}").readlink().name
        for entry in Path(f"/proc/{daemon.pid}/fd").iterdir()
    }
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{daemon.pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in own:
                listening.append(fields[1])
    assert listening == []


@pytest.mark.parametrize("raw", [b"", b"GET", b"\x00" * 1000, b"GET /" + b"x" * 100_000])
def test_odd_scrapers(new_daemon: NewDaemon, raw: bytes) -> None:
    """Whatever knocks there, mail goes on, the next scrape too, and the end is not held up."""
    daemon, port = measured(new_daemon)
    with socket.create_connection(("127.0.0.1", port), 30) as odd:
        odd.sendall(raw)
        assert daemon.ask(policy_context="connect", client_address=RUSSIA).startswith("REJECT")
        assert Scraped(port)("requests_total", stage="connect") == 1
        daemon.stop()
