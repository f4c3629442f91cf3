"""How many lines of a mail log a second: the reader alone, through the daemon, and by `replay`.

The log is made up: a mail is six lines of Postfix, with a login at Dovecot, its end and a guess
beside it, so half of the lines say something. Nothing else may run for the figures to be worth
anything; CPU moves less than the rest.
"""

from __future__ import annotations

import asyncio
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from core.daemon.daemon import Daemon
from core.daemon.log_watch import LogWatch
from core.maillog.batch import HEADER, Batch, Frames, Order, frame
from core.maillog.bookmark import Wanted
from core.maillog.place import read_exactly
from core.settings.config import Config, Listen, Logs, Paths
from core.standalone import Standalone

BLOCK = 20_000
"""Mails of a block: ten lines each."""


def block(number: int, day: str) -> bytes:
    """Lines of one day."""
    lines = []
    for each in range(BLOCK):
        at = f"{day} {each // 900:02}:{each // 15 % 60:02}:{each % 60:02} mail "
        queue = f"{0xA0000000 + number * BLOCK + each:X}"
        account = f"user{each % 500}@example.test"
        address = f"203.0.113.{each % 250}"
        smtpd, qmgr = "postfix/submission/smtpd[123]: ", "postfix/qmgr[44]: "
        lines += [
            f"{at}{smtpd}connect from h[{address}]",
            f"{at}{smtpd}{queue}: client=h[{address}], sasl_method=PLAIN, sasl_username={account}",
            f"{at}postfix/cleanup[44]: {queue}: message-id=<x@y>",
            f"{at}{qmgr}{queue}: from=<{account}>, size=123, nrcpt=1 (queue active)",
            (
                f"{at}postfix/smtp[44]: {queue}: to=<r@example.org>, relay=mx[192.0.2.9]:25, "
                "delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)"
            ),
            f"{at}{qmgr}{queue}: removed",
            f"{at}{smtpd}disconnect from h[{address}] ehlo=2 auth=1",
            (
                f"{at}dovecot: imap-login: Login: user=<{account}>, method=PLAIN, rip={address}, "
                f"lip=192.0.2.2, TLS, session=<{queue}>"
            ),
            f"{at}dovecot: imap({account})<1><{queue}>: Disconnected: Logged out in=1 out=2",
            (
                f"{at}postfix/smtpd[9]: warning: unknown[198.51.100.{each % 99}]: SASL LOGIN "
                "authentication failed: UGFzc3dvcmQ6"
            ),
        ]
    return ("\n".join(lines) + "\n").encode()


def main(rounds: int, _: float) -> None:
    """Measure and print."""
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )
    print("\n| what | lines/s | CPU in µs a line | |\n|---|--:|--:|---|")
    for name, measure in (("reader", reader), ("daemon", daemon), ("replay", replay)):
        with tempfile.TemporaryDirectory(prefix="mw-") as folder:
            lines, seconds, cpu, more = measure(Path(folder), rounds)
        print(f"| {name} | {lines / seconds:,.0f} | {cpu / lines * 1e6:.1f} | {more} |")


Figures = tuple[int, float, float, str]
"""Lines, seconds, seconds of processor time, and what else there is to say."""


def _write(path: Path, rounds: int) -> int:
    day = time.strftime("%b %e")
    with path.open("ab") as file:
        for number in range(rounds):
            file.write(block(number, day))
    return rounds * BLOCK * 10


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def reader(folder: Path, rounds: int) -> Figures:
    """The process that reads and parses, with nobody behind it."""
    log = folder / "mail.log"
    log.touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "core.maillog.reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    stdin, stdout = cast(BinaryIO, process.stdin), cast(BinaryIO, process.stdout)
    stdin.write(frame(Order((Wanted(str(log)),))))
    stdin.flush()
    frames = Frames(Batch)

    def batches() -> Iterator[Batch]:
        while True:
            yield frames.read(read_exactly(stdout, frames.size(read_exactly(stdout, HEADER))))

    told = batches()
    next(told)
    wanted, lines, records = _write(log, rounds), 0, 0
    began, cpu = time.perf_counter(), _cpu(process.pid)
    while lines < wanted:
        batch = next(told)
        lines += batch.lines
        records += len(batch.logins) + len(batch.mails) + len(batch.fates)
    seconds = time.perf_counter() - began
    spent = _cpu(process.pid) - cpu
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    process.communicate()
    memory = pages * os.sysconf("SC_PAGE_SIZE") >> 20
    return lines, seconds, spent, f"{records} records, {memory} MB resident"


def daemon(folder: Path, rounds: int) -> Figures:
    """The whole daemon; its CPU is that of its own thread, in which answers are given."""
    log = folder / "mail.log"
    log.touch()
    places = Paths(state=f"{folder}/s", run=f"{folder}/r", log=f"{folder}/l")
    config = Config(paths=places, listen=Listen(dovecot="off"), logs=Logs((str(log),)))
    return asyncio.run(_daemon(config, log, rounds))


async def _daemon(config: Config, log: Path, rounds: int) -> Figures:
    running = Daemon(config, Standalone(), lambda *_: None)
    task = asyncio.get_running_loop().create_task(running.run())
    watch = None
    while watch is None or not watch.status()["following"]:
        await asyncio.sleep(0.05)
        watch = running.company.find(LogWatch) if hasattr(running, "company") else None
    wanted = _write(log, rounds)
    began, cpu, turns = time.perf_counter(), time.thread_time(), []
    while watch.status()["lines"] < wanted:
        turn = time.thread_time()
        await asyncio.sleep(0)
        turns.append(time.thread_time() - turn)
        await asyncio.sleep(0.001)
    seconds, spent = time.perf_counter() - began, time.thread_time() - cpu
    running._ending.set()
    await task
    turns.sort()
    slow = turns[int(len(turns) * 0.99)] * 1e3
    return wanted, seconds, spent, f"99 of 100 turns within {slow:.1f} ms of its CPU"


def replay(folder: Path, rounds: int) -> Figures:
    """The command, with a new store."""
    log = folder / "mail.log"
    lines = _write(log, rounds)
    file = folder / "mailward.toml"
    file.write_text('[paths]\nstate = "s"\nrun = "r"\nlog = "l"\n')
    before = os.times()
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "core", "--config", str(file), "replay", str(log)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    seconds, after = time.perf_counter() - began, os.times()
    spent = after.children_user + after.children_system
    return lines, seconds, spent - before.children_user - before.children_system, ""
