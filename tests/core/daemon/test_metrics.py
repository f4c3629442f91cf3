"""Metrics: what Prometheus reads is what the daemon counts."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

import pytest
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families

from core.daemon import metrics
from core.daemon.metrics import Numbers
from tests.core.daemon.rig import free_port

NUMBERS = Numbers(
    requests={"connect": 7, "auth": 3, "send": 2},
    verdicts={("connect", "submission", "deny", "country"): 4},
    faults=1,
    untrusted=5,
    dropped=6,
    waiting=8,
    blocks=9,
    windows=10,
    source_age={"country": 86_400.0},
    started=1_800_000_000.0,
)


def scrape(port: int) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample, by name and labels, through the library's own parser."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
        text = page.read().decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_number_is_there_and_moves() -> None:
    """Read anew at each scrape."""
    present: list[Any] = [NUMBERS]
    port = free_port()
    stop = metrics.serve("127.0.0.1", port, lambda: present[0])
    try:
        first = scrape(port)
        present[0] = replace(NUMBERS, faults=2, requests={"connect": 8})
        second = scrape(port)
    finally:
        stop()
    assert first["mailward_requests_total", (("stage", "send"),)] == 2
    verdict = (
        ("reason", "country"),
        ("service", "submission"),
        ("stage", "connect"),
        ("verdict", "deny"),
    )
    assert first["mailward_verdicts_total", verdict] == 4
    assert first["mailward_source_age_seconds", (("source", "country"),)] == 86_400
    plain = {name: value for (name, labels), value in first.items() if not labels}
    assert plain["mailward_faults_total"] == 1
    assert plain["mailward_untrusted_total"] == 5
    assert plain["mailward_events_dropped_total"] == 6
    assert plain["mailward_events_waiting"] == 8
    assert plain["mailward_blocked_accounts"] == 9
    assert plain["mailward_send_windows"] == 10
    assert second["mailward_faults_total", ()] == 2
    assert second["mailward_requests_total", (("stage", "connect"),)] == 8


def test_after_the_end_nobody_answers() -> None:
    """The port is free again at once."""
    port = free_port()
    metrics.serve("127.0.0.1", port, lambda: NUMBERS)()
    with pytest.raises(urllib.error.URLError):
        scrape(port)


def test_a_port_that_is_taken_is_an_error_the_daemon_reports() -> None:
    """And goes on without metrics."""
    port = free_port()
    stop = metrics.serve("127.0.0.1", port, lambda: NUMBERS)
    try:
        with pytest.raises(OSError, match="in use"):
            metrics.serve("127.0.0.1", port, lambda: NUMBERS)
    finally:
        stop()
