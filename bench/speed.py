"""What a decision costs, against a C server that reads the request and always says the same.

All run in turn in every round, so that a machine whose speed drifts does not decide. Other work on
the machine only ever adds, so the least of the rounds is quoted beside their median, and the C
server's own slowest answers beside ours. The figure that counts is CPU per request. A server in
Python that always says the same runs, too: what it costs is the interpreter's.
"""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from msgspec import Struct
from rich.progress import Progress

from bench import programs, servers
from bench.servers import Server

POLICY_REQUEST = """request=smtpd_access_policy
protocol_state={stage}
protocol_name=ESMTP
client_address={ip}
client_name=unknown
client_port={port}
reverse_client_name=unknown
server_address=192.0.2.1
server_port=587
helo_name=client{n}.example.test
sender={user}
recipient=rcpt{n}@dest{m}.test
recipient_count=1
queue_id=
instance=
size=2048
etrn_domain=
stress=
sasl_method=PLAIN
sasl_username={user}
sasl_sender=
ccert_subject=
ccert_issuer=
ccert_fingerprint=
ccert_pubkey_fingerprint=
encryption_protocol=TLSv1.3
encryption_cipher=TLS_AES_256_GCM_SHA384
encryption_keysize=256
policy_context=

"""
"""As Postfix 3.7 writes it, without `instance`: each request is counted as a mail of its own."""

QUEUED_REQUEST = POLICY_REQUEST.replace(
    "queue_id=\ninstance=\n", "queue_id={serial}\ninstance=1f2a.{serial}.0\n"
)
"""As Postfix writes it at the end of a message: each mail is known by its queue id, and each is an
event of its own, until the bound of a minute."""

WARM_UP_SECONDS = 3.0
"""After these the daemon has met every account of the load, as in real life after a minute."""

FLOOR_SECONDS = 3.0
"""A server that always does the same needs no longer."""

SETTINGS = {
    "country.mode": "refuse",
    "country.list": "RU,CN,KP",
    "network.cloud": "watch",
    "exempt.addresses": "192.0.2.0/24,198.51.100.0/24,2001:db8::/32,AS64500",
    "send.limit": 1_000_000,
}
"""Every check has something to look at; no account of the load trips its window."""


class Load(Struct, frozen=True):
    """One way to load a server.

    Attributes:
        name: as printed.
        arguments: of the load generator.
        http: on the Dovecot wire.
        request: what is asked on the policy wire.
    """

    name: str
    arguments: tuple[str, ...]
    http: bool = False
    request: str = POLICY_REQUEST


POOL = ("-P", "8192", "-U", "8000")
LOADS = (
    Load("connect: address, networks, country, journal", ("-s", "CONNECT", *POOL)),
    Load("auth: the same with the account's rules", ("-s", "RCPT", *POOL)),
    Load("send: window counted, journal", ("-s", "END-OF-MESSAGE", *POOL)),
    Load("send, each by its queue id", ("-s", "END-OF-MESSAGE", *POOL), request=QUEUED_REQUEST),
    Load("Dovecot: connect and auth in one question", POOL, http=True),
    Load("send, a connection for each request", ("-s", "END-OF-MESSAGE", "-k", "1", *POOL)),
    Load(
        "send, 64 connections that reconnect",
        ("-s", "END-OF-MESSAGE", "-k", "1", "-c", "64", *POOL),
    ),
    Load(
        "send, 200 requests a second",
        ("-s", "END-OF-MESSAGE", "-r", "200", "-c", "32", *POOL),
    ),
    Load(
        "send, 200,000 accounts and addresses",
        ("-s", "END-OF-MESSAGE", "-P", "200000", "-U", "0"),
    ),
)


def main(rounds: int, seconds: float) -> None:
    """Measure and print."""
    programs.build()
    figures: dict[tuple[str, str], list[dict[str, Any]]] = {}
    starts: list[float] = []
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as place, Progress(transient=True) as progress:
        directory = Path(place)
        template = directory / "request"
        bar = progress.add_task("measuring", total=rounds * len(LOADS) * 3)
        for _ in range(rounds):
            for load in LOADS:
                template.write_text(load.request)
                for name, opened in _sides(directory, load):
                    with opened() as server:
                        length = seconds if name == "mailward" else min(seconds, FLOOR_SECONDS)
                        found = _measure(server, load, template, length)
                        if name == "mailward":
                            starts.append(server.first_answer)
                    figures.setdefault((load.name, name), []).append(found)
                    progress.advance(bar)
        template.write_text(POLICY_REQUEST)
        tracked = _memory(directory / "fresh", template)
    _print_environment(rounds, seconds, before)
    _print(figures, starts, tracked)


Side = Callable[[], AbstractContextManager[Server]]


def _sides(directory: Path, load: Load) -> list[tuple[str, Side]]:
    floor = servers.constant_http if load.http else servers.constant
    return [
        ("C", lambda: floor("C", directory)),
        ("Python", lambda: floor("Python", directory)),
        ("mailward", lambda: servers.mailward(directory, SETTINGS)),
    ]


def _measure(server: Server, load: Load, template: Path, seconds: float) -> dict[str, Any]:
    warm_up = str(min(seconds, WARM_UP_SECONDS))
    arguments = ["-p", str(server.pid), "-d", str(seconds), "-w", warm_up, *load.arguments]
    if load.http:
        arguments += ["-m", "http", "-t", f"127.0.0.1:{server.port}", "-x", "/?command=allow"]
        if server.key:
            arguments += ["-H", f"X-Mailward-Key: {server.key}"]
    else:
        arguments += ["-u", str(server.policy), "-T", str(template)]
    return programs.load(*arguments)


def _memory(directory: Path, template: Path) -> tuple[float, int]:
    """Resident memory after 100,000 accounts have sent, and how many are tracked."""
    directory.mkdir()
    with servers.mailward(directory, SETTINGS) as server:
        arguments = ["-s", "END-OF-MESSAGE", "-P", "100000", "-U", "0", "-w", "0", "-d", "8"]
        programs.load(
            "-p", str(server.pid), "-u", server.policy, "-T", template, "-n", "400000", *arguments
        )
        tracked = servers.status(directory)["tracked"]
        pages = Path(f"/proc/{server.pid}/status").read_text()
    resident = next(line for line in pages.splitlines() if line.startswith("VmRSS"))
    return int(resident.split()[1]) / 1024, int(str(tracked))


def _print_environment(rounds: int, seconds: float, before: float) -> None:
    cpus = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(": ")[2] for line in cpus if line.startswith("model name")), "")
    print(
        f"{model or platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, ",
        end="",
    )
    print(f"Python {platform.python_version()}. Load average {before:.1f} before the run; ", end="")
    print(f"{rounds} interleaved rounds of {seconds:g} s, 16 connections where not said.\n")


def _print(
    figures: dict[tuple[str, str], list[dict[str, Any]]],
    starts: list[float],
    memory: tuple[float, int],
) -> None:
    print("CPU in µs a request, latency in µs; least of the rounds / their median.\n")
    print(
        "| load | requests/s | CPU | C server's CPU | ratio | ratio of Python alone | p50 | p99 "
        "| C server's p99 |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for load in LOADS:
        ours, floor = figures[load.name, "mailward"], figures[load.name, "C"]
        python = figures[load.name, "Python"]
        errors = sum(run["errors"] for run in ours)
        note = f" ({errors} errors)" if errors else ""
        print(
            f"| {load.name}{note} | {statistics.median(_all(ours, 'rps')):,.0f} "
            f"| {_least_and_median(_all(ours, CPU), 1)} | {_least_and_median(_all(floor, CPU), 1)} "
            f"| {_ratio(ours, floor)} | {_ratio(python, floor)} "
            f"| {_least_and_median(_all(ours, 'p50_us'))} "
            f"| {_least_and_median(_all(ours, 'p99_us'))} "
            f"| {_least_and_median(_all(floor, 'p99_us'))} |"
        )
    resident, tracked = memory
    print(f"\nFirst answer after {statistics.median(starts):.2f} s (slowest {max(starts):.2f} s).")
    print(f"Resident: {resident:.0f} MB with {tracked:,} accounts tracked.")


CPU = "srv_cpu_ms_per_1k"


def _all(runs: list[dict[str, Any]], figure: str) -> list[float]:
    return [float(run[figure]) for run in runs]


def _least_and_median(figures: list[float], digits: int = 0) -> str:
    return f"{min(figures):,.{digits}f} / {statistics.median(figures):,.{digits}f}"


def _ratio(ours: list[dict[str, Any]], floor: list[dict[str, Any]]) -> str:
    """Least against least, and the median of the ratios within a round."""
    pairs = [(a, b) for a, b in zip(_all(ours, CPU), _all(floor, CPU), strict=True) if b]
    if not pairs:
        return "?"  # the C server used less time than the kernel counts
    least = min(a for a, _ in pairs) / min(b for _, b in pairs)
    return f"{least:.1f} / {statistics.median(a / b for a, b in pairs):.1f}"
