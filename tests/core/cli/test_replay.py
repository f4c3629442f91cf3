"""``mailward replay`` as people and programs use it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.store.statistics import StatisticsFilter
from tests.core.cli.desk import Desk
from tests.core.desk.old_logs import COUNTRIES, TODAY, day_of, login, write_days
from tests.databases import write_country

FOREVER = StatisticsFilter(since=0, until=4e9)


@pytest.fixture
def here(desk: Desk) -> Desk:
    """Knows the countries of the logs, and refuses Russia."""
    write_country(desk.config.data / "country.mmdb", COUNTRIES)
    with desk.store() as store:
        rules = {"country.mode": "refuse", "country.list": ["RU"]}
        store.settings.change(("server", ""), rules, "a test", 1.0)
    return desk


def counted(desk: Desk) -> int:
    """All verdicts in the statistics."""
    with desk.store() as store:
        return sum(total.count for total in store.statistics.totals(FOREVER))


def test_what_it_says(here: Desk, tmp_path: Path) -> None:
    """E24: what was counted, and what today's settings would have refused."""
    said = here("replay", *write_days(tmp_path, 3), width=160).stdout
    assert "Counted: 6 logins, 9 failed attempts, 3 mails." in said
    assert "9 of 9 wrong passwords would not have been tried at all." in said
    assert "3 logins that came through would have been refused" in said
    assert "Russia (RU)" in said
    assert "b@example.test" in said
    assert "country" in said


def test_again(here: Desk, tmp_path: Path) -> None:
    """It says why there is nothing, and how to see it again."""
    names = write_days(tmp_path, 2)
    here("replay", *names)
    said = here("replay", *names, width=200).stdout
    assert "counted before; --again reads it again" in said
    assert "Counted: 0 logins" in said
    said = here("replay", "--again", *names).stdout
    assert "6 of 6 wrong passwords" in said
    assert counted(here) == 2 * 6


def test_the_document(here: Desk, tmp_path: Path) -> None:
    """The same for programs."""
    document = here.json("replay", "--json", "--dry-run", *write_days(tmp_path, 2))
    assert document["dry_run"] is True
    assert document["counted"] == {"logins": 0, "failed": 0, "mails": 0}
    assert [log["dialect"] for log in document["logs"]] == ["syslog", "syslog"]
    assert document["attempts"] == {
        "tried": 0,
        "stopped": [{"country": "RU", "reason": "country", "count": 6}],
    }
    (refused,) = document["refused"]
    assert (refused["account"], refused["stage"], refused["count"]) == (
        "b@example.test",
        "connect",
        2,
    )
    assert counted(here) == 0


def test_a_pipe(here: Desk) -> None:
    """``zcat ... | mailward replay -``."""
    said = here("replay", "-", text=day_of(1)).stdout
    assert "Counted: 2 logins, 3 failed attempts, 1 mail." in said


def test_what_cannot_be_read_is_told(here: Desk, tmp_path: Path) -> None:
    """The others are read; the exit code says that something was wrong."""
    (tmp_path / "strange").write_text("<html>\n")
    names = [*write_days(tmp_path, 1), str(tmp_path / "absent"), str(tmp_path / "strange")]
    done = here("replay", *names, code=1, width=200)
    assert "absent: No such file" in done.stderr
    assert "the form of its lines is not known" in done.stdout
    assert counted(here) == 6


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--dialect", "nonsense"], "it is one of syslog, "),
        (["--zone", "Nowhere/Land"], "is no time zone"),
        (["--zone", "../../etc/passwd"], "is no time zone"),
    ],
)
def test_wrong_usage(here: Desk, words: list[str], complaint: str) -> None:
    """Nothing is read."""
    assert complaint in here("replay", *words, "x", code=2).stderr


def test_a_zone(here: Desk, tmp_path: Path) -> None:
    """Times without one are of the named one: an hour of Vienna is another of Tokyo."""
    path = tmp_path / "mail.log"
    local = login(1, 0, "a@example.test").replace("+00:00", "")
    path.write_text(local)
    times = []
    for zone in ("UTC", "Asia/Tokyo"):
        document = here.json("replay", "--json", "--dry-run", "--zone", zone, str(path))
        times.append(document["logs"][0]["since"])
    assert times[0] != times[1]


def test_since(here: Desk, tmp_path: Path) -> None:
    """As all verbs take it."""
    at = time.strftime("%Y-%m-%d", time.gmtime(TODAY.timestamp() - 2 * 86_400))
    here("replay", "--since", at, *write_days(tmp_path, 4))
    assert counted(here) == 2 * 6


def test_ctrl_c_in_a_real_process(here: Desk) -> None:
    """What is written is whole, and the same command goes on."""
    process = subprocess.Popen(
        [sys.executable, "-m", "core", "--config", str(here.file), "replay", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    whole = "".join(map(day_of, range(300, 0, -1))).encode()
    stdin = process.stdin

    def feed() -> None:
        stdin.write(whole[: len(whole) // 2])
        stdin.flush()

    feeder = threading.Thread(target=feed)
    feeder.start()
    deadline = time.monotonic() + 60
    while counted(here) < 30 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    feeder.join()
    assert process.returncode == 1
    assert b"the same command goes on" in stderr
    before = counted(here)
    assert 0 < before < 6 * 300
    here("replay", "-", text=whole.decode())
    assert counted(here) == 6 * 300
