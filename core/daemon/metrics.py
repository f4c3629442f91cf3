"""Numbers for Prometheus, on a loopback port of their own; off unless configured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from core.daemon.daemon import Daemon


class Numbers(Struct):
    """What is measured, read from the daemon at each scrape.

    Attributes:
        requests: stage -> questions answered.
        verdicts: (stage, service, verdict, reason) -> verdicts noted.
        faults: requests that were allowed because a check failed.
        untrusted: connections whose user may not ask.
        dropped: events that were only counted.
        waiting: events that are not written yet.
        blocks, windows: accounts that are blocked, and that sent lately.
        source_age: source -> seconds since its data was last confirmed.
        started: seconds since 1970.
    """

    requests: Mapping[str, int]
    verdicts: Mapping[tuple[str, str, str, str], int]
    faults: int
    untrusted: int
    dropped: int
    waiting: int
    blocks: int
    windows: int
    source_age: Mapping[str, float]
    started: float


def numbers_of(daemon: Daemon) -> Numbers:
    """What a daemon measures at this moment."""
    guard = daemon.guard
    return Numbers(
        requests={stage: seen.count for stage, seen in guard.seen.items()},
        verdicts=dict(daemon.writer.totals),
        faults=guard.faults,
        untrusted=daemon.peers.refused,
        dropped=daemon.journal.dropped + daemon.writer.lost,
        waiting=daemon.journal.waiting() + daemon.writer.waiting,
        blocks=len(guard.blocks),
        windows=len(guard.windows),
        source_age={s.name: s.age for s in guard.sources.status() if s.age is not None},
        started=daemon.started,
    )


class DaemonCollector(Collector):
    """Turns numbers into metric families when somebody asks."""

    def __init__(self, numbers: Callable[[], Numbers]) -> None:
        self._numbers = numbers

    def collect(self) -> Iterator[Metric]:
        """All families."""
        now = self._numbers()
        yield _counter("requests", "Questions answered", ["stage"], now.requests)
        yield _counter(
            "verdicts",
            "Verdicts noted",
            ["stage", "service", "verdict", "reason"],
            now.verdicts,
        )
        yield _plain_counter("faults", "Requests allowed because a check failed", now.faults)
        yield _plain_counter("untrusted", "Connections whose user may not ask", now.untrusted)
        yield _plain_counter("events_dropped", "Events that were only counted", now.dropped)
        for name, text, value in (
            ("events_waiting", "Events not written yet", now.waiting),
            ("blocked_accounts", "Accounts that may not send now", now.blocks),
            ("send_windows", "Accounts that sent lately", now.windows),
            ("start_time_seconds", "When the daemon started", now.started),
        ):
            yield GaugeMetricFamily(f"mailward_{name}", text, value=value)
        ages = GaugeMetricFamily(
            "mailward_source_age_seconds", "Time since data was confirmed", labels=["source"]
        )
        for source, age in now.source_age.items():
            ages.add_metric([source], age)
        yield ages


def _counter(name: str, text: str, labels: list[str], values: Mapping[Any, int]) -> Metric:
    family = CounterMetricFamily(f"mailward_{name}", text, labels=labels)
    for key, value in values.items():
        family.add_metric(list(key) if isinstance(key, tuple) else [key], value)
    return family


def _plain_counter(name: str, text: str, value: int) -> Metric:
    return CounterMetricFamily(f"mailward_{name}", text, value=value)


def serve(host: str, port: int, numbers: Callable[[], Numbers]) -> Callable[[], None]:
    """Answer scrapes in a thread of its own.

    Returns:
        What ends it.

    Raises:
        OSError: the port is taken.
    """
    registry = CollectorRegistry()
    registry.register(DaemonCollector(numbers))
    server, thread = start_http_server(port, addr=host, registry=registry)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return stop
