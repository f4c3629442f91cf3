"""What `speed` found, as Markdown."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path

from bench.speed_cores import FREE
from bench.speed_generator import Slice
from bench.speed_memory import Flood, Resident
from bench.speed_rows import Stretch
from bench.speed_slices import FLOOR, OURS, PYTHON, Spread, latency, of_side, spread, whole


def print_environment(before: float, seconds: float) -> None:
    """What it ran on.

    Args:
        before: load average before.
        seconds: how long it took.
    """
    cpus = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(": ")[2] for line in cpus if line.startswith("model name")), "")
    print(
        f"{model or platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, "
        f"Python {platform.python_version()}. Load average {before:.1f} before the run, "
        f"{os.getloadavg()[0]:.1f} after its {seconds / 60:.0f} minutes.\n"
    )


def print_costs(rows: dict[tuple[str, str], list[Stretch]], flood: Flood) -> None:
    """Processor time of each load in each layout."""
    print(
        "Processor time a request, in µs. Ratios are medians of slices (with a quarter of them "
        "below and a quarter above).\n"
    )
    print(
        "| load | client | ratio | with all between | Python's | CPU | C server's | requests/s "
        "| p50 | p99 | C's p99 | slices (left out) |"
    )
    print("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for (load, layout), stretches in rows.items():
        _print_cost(load, layout, stretches)
    name = f"send, {flood.accounts:,} accounts and addresses, all new"
    _print_cost(name, FREE.name, [flood.taken])


def _print_cost(name: str, layout: str, stretches: Sequence[Stretch]) -> None:
    ours, floor = of_side(stretches, OURS), of_side(stretches, FLOOR)
    found, python = spread(stretches, OURS), spread(stretches, PYTHON)
    floor_of_python = f"{python.median:.1f}" if python.count else ""
    between = whole(stretches, OURS) / whole(stretches, FLOOR)
    print(
        f"| {name}{_broken(ours)} | {layout} | {_ratio(found)} | {between:.1f} "
        f"| {floor_of_python} | {_cost(ours)} | {_cost(floor)} "
        f"| {statistics.median(each.requests / each.seconds for each in ours):,.0f} "
        f"| {latency(ours, 0.5):,.0f} | {latency(ours, 0.99):,.0f} | {latency(floor, 0.99):,.0f} "
        f"| {found.count} ({found.left_out}) |"
    )


def _ratio(found: Spread) -> str:
    if not found.count:
        return "?"
    return f"{found.median:.1f} ({found.low:.1f} to {found.high:.1f})"


def _cost(slices: Sequence[Slice]) -> str:
    return f"{statistics.median(each.cost for each in slices):.1f}"


def _broken(slices: Sequence[Slice]) -> str:
    """What should not have been, in brackets."""
    found = {
        "errors": sum(each.errors for each in slices),
        "odd answers": sum(each.other for each in slices),
    }
    return "".join(f" ({number:,} {what})" for what, number in found.items() if number)


def print_latencies(rows: dict[str, list[Stretch]]) -> None:
    """How long an answer takes, of servers that the scheduler puts where it likes."""
    print("\nLatency in µs; at a fixed rate from the moment when a request was due.\n")
    print(
        "| load | p50 | p99 | p99 of a median slice | p99.9 | C server's p99 | of a median slice "
        "| answers |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for name, stretches in rows.items():
        ours, floor = of_side(stretches, OURS), of_side(stretches, FLOOR)
        print(
            f"| {name}{_broken(ours)} | {latency(ours, 0.5):,.0f} | {latency(ours, 0.99):,.0f} "
            f"| {_median_p99(ours)} | {latency(ours, 0.999):,.0f} "
            f"| {latency(floor, 0.99):,.0f} | {_median_p99(floor)} "
            f"| {sum(each.requests for each in ours):,} |"
        )


def _median_p99(slices: Sequence[Slice]) -> str:
    return f"{statistics.median(latency([each], 0.99) for each in slices):,.0f}"


def print_starts(starts: Sequence[float], first: Sequence[float]) -> None:
    """Seconds to the first answer."""
    print("\n| start | starts | first answer, s | slowest |\n|---|--:|--:|--:|")
    for name, found in (("with a store", starts), ("the very first, which makes it", first)):
        print(f"| {name} | {len(found)} | {statistics.median(found):.2f} | {max(found):.2f} |")


def print_memory(found: Sequence[Resident], flood: Flood) -> None:
    """What is held, and what the great flood broke."""
    print("\nMemory in MB, as the kernel counts it for the process.\n")
    print(
        "| when | accounts tracked | resident | of it its own | mapped files | the most until then "
        "| its child processes | all, shared pages divided |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for each in (*found, flood.resident):
        children = ", ".join(f"{name} {held:.0f}" for name, held in each.children) or "none"
        print(
            f"| {each.when} | {each.tracked:,} | {each.total:.1f} | {each.anonymous:.1f} "
            f"| {each.mapped:.1f} | {each.most:.1f} | {children} | {each.fair:.0f} |"
        )
    ours = of_side([flood.taken], OURS)
    print(
        f"\nOf {sum(each.since_requests for each in ours):,} mails in that flood "
        f"{sum(each.refused for each in ours):,} were refused, {sum(e.errors for e in ours):,} met "
        f"a closed connection, {sum(each.other for each in ours):,} got an odd answer; "
        f"{flood.faults:,} faults, {flood.dropped:,} events only counted, "
        f"new problems: {', '.join(flood.problems) or 'none'}."
    )
