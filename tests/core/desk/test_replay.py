"""Old logs are counted as if Mailward had been there: once, and whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.desk import replay as module
from core.desk.desk import Desk
from core.desk.replay import Replay, Wishes, open_archives
from core.desk.replay_rules import TodaysRules
from core.engine.observation import LoginSeen
from core.errors import StoreError
from core.store.habits import HabitFilter
from core.store.statistics import StatisticsFilter
from core.words import Reason
from tests.core.desk import samples
from tests.core.desk.office import Office
from tests.core.desk.old_logs import COUNTRIES, TODAY, day_of, login, write_days
from tests.databases import write_country

FOREVER = StatisticsFilter(since=0, until=4e9)


@pytest.fixture
def here(office: Office) -> Office:
    """Knows the countries of the logs."""
    write_country(office.config.data / "country.mmdb", COUNTRIES)
    return office


def run(desk: Desk, names: list[str], **wishes: Any) -> Replay:
    """Replay."""
    archives, wrong = open_archives(names, "", None)
    assert wrong == {}
    done = Replay(desk, archives, Wishes(**wishes))
    done.run()
    return done


def counts(desk: Desk) -> dict[tuple[str | int, ...], int]:
    """What is counted by country and reason."""
    totals = desk.store.statistics.totals(FOREVER, ("country", "reason"))
    return {total.key: total.count for total in totals}


def of_days(days: int) -> dict[tuple[str, Reason], int]:
    """What so many days of the logs mean: a mail is a login at another service, too."""
    return {
        ("DE", Reason.LOGIN_OK): days,
        ("DE", Reason.NOTHING_AGAINST): days,
        ("RU", Reason.LOGIN_OK): days,
        ("RU", Reason.LOGIN_FAILED): 3 * days,
    }


def test_statistics_habits_and_homes(here: Office, tmp_path: Path) -> None:
    """E24, D4: as the pages show them; files in any order."""
    names = write_days(tmp_path, 5)
    with here.desk() as desk:
        done = run(desk, names[::-1])
        assert counts(desk) == of_days(5)
        habits = desk.store.habits.find(HabitFilter(since=0, until=4e9))
        assert {(each.account, each.country, each.logins) for each in habits} == {
            ("a@example.test", "DE", 5),
            ("b@example.test", "RU", 5),
        }
        homes = {pair.account for pair in desk.store.good_pairs.all(0) if pair.account}
        assert homes == {"a@example.test", "b@example.test"}
        assert done.counted == module.Tally(logins=10, failed=15, mails=5)
        assert [log.counted for log in done.logs] == [4, 4, 4, 4, 4]


def test_nothing_is_counted_twice(here: Office, tmp_path: Path) -> None:
    """The same again, with --again, unpacked under another name, and all in one."""
    names = write_days(tmp_path, 3)
    joined = tmp_path / "all"
    joined.write_text(day_of(3) + day_of(2) + day_of(1))
    with here.desk() as desk:
        run(desk, names)
        for again in (names, [str(joined)]):
            run(desk, again)
            run(desk, again, again=True)
        assert counts(desk) == of_days(3)


def test_a_log_that_has_grown_is_read_on(here: Office, tmp_path: Path) -> None:
    """Also when it was rotated since."""
    log = tmp_path / "mail.log"
    log.write_text(day_of(3))
    with here.desk() as desk:
        run(desk, [str(log)])
        with log.open("a") as file:
            file.write(day_of(2))
        log.rename(tmp_path / "mail.log.1")
        log.write_text(day_of(1))
        run(desk, [str(log), str(tmp_path / "mail.log.1")])
        assert counts(desk) == of_days(3)


def test_what_mailward_has_seen_itself_is_not_counted(here: Office, tmp_path: Path) -> None:
    """From its first event on; a replay changes nothing of it."""
    names = write_days(tmp_path, 4)
    with here.desk() as desk:
        own = samples.login("c@example.test", at=TODAY.timestamp() - 2 * 86_400 - 100)
        desk.store.write([own])
        for _ in range(2):
            done = run(desk, names)
            assert done.own_since == own.at
        found = counts(desk)
        assert found["RU", Reason.LOGIN_FAILED] == 3 * 2


def test_a_dry_run_writes_nothing(here: Office, tmp_path: Path) -> None:
    """And tells the same; it needs no store."""
    names = write_days(tmp_path, 2)
    with here.desk() as desk:
        done = run(desk, names, dry=True)
        assert (counts(desk), desk.store.replays.known()) == ({}, [])
        assert list(desk.store.good_pairs.all(0)) == []
        assert sum(done.rules.tried.values()) == 6
    assert run(here.desk_on(None), names, dry=True).rules.tried == done.rules.tried


def test_what_todays_settings_would_have_refused(here: Office, tmp_path: Path) -> None:
    """By the engine: the login from Russia, and the guesses before the password."""
    names = write_days(tmp_path, 3)
    with here.desk() as desk:
        rules = {"country.mode": "refuse", "country.list": ["RU"]}
        desk.store.settings.change(("server", ""), rules, "a test", 1.0)
        done = run(desk, names)
        assert [(key[1], key[2], line.count) for key, line in done.rules.logins.items()] == [
            ("b@example.test", "RU", 3)
        ]
        assert dict(done.rules.stopped) == {("RU", Reason.COUNTRY): 9}
        assert counts(desk) == of_days(3), "what happened is counted, not what might have"


def test_since(here: Office, tmp_path: Path) -> None:
    """What is older is left out, and can be counted later."""
    names = write_days(tmp_path, 4)
    with here.desk() as desk:
        run(desk, names, since=TODAY.timestamp() - 2.5 * 86_400)
        assert counts(desk) == of_days(2)
        run(desk, names, again=True)
        assert counts(desk) == of_days(4)


class BrokenOff(KeyboardInterrupt):
    """Somebody has pressed Ctrl-C."""


@pytest.mark.parametrize("after", range(1, 6))
def test_broken_off_and_gone_on_with(
    here: Office, tmp_path: Path, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E24: at any day of the log; nothing is half, and nothing counts twice afterwards."""
    names = write_days(tmp_path, 5)
    with here.desk() as desk:
        count = desk.store.replays.count
        left = iter(range(after))

        def counting(*arguments: Any) -> None:
            if next(left, None) is None:
                raise BrokenOff
            count(*arguments)

        monkeypatch.setattr(desk.store.replays, "count", counting)
        try:
            run(desk, names)
        except BrokenOff:
            assert sum(counts(desk).values()) < sum(of_days(5).values())
        monkeypatch.undo()
        run(desk, names)
        assert counts(desk) == of_days(5)


def test_a_store_that_takes_nothing(
    here: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told, and all files are let go of."""
    names = write_days(tmp_path, 2)
    with here.desk() as desk:

        def fail(*_: Any) -> None:
            raise StoreError("the disk is full")

        monkeypatch.setattr(desk.store.replays, "count", fail)
        with pytest.raises(StoreError):
            run(desk, names)


def test_a_running_daemon_is_told_who_is_at_home_where(here: Office, tmp_path: Path) -> None:
    """The others have it from the store."""
    names = write_days(tmp_path, 3)
    status = {"server_country": "DE", "off": {}}
    answers = {"learn_pairs": lambda _: {"learned": 1}, "status": lambda _: status}
    with here.daemon(answers) as asked, here.desk() as desk:
        run(desk, names)
    told = [pair for each in asked if each["do"] == "learn_pairs" for pair in each["pairs"]]
    pairs = {(pair["account"], pair["network"], pair["days"]) for pair in told}
    assert ("a@example.test", "198.51.100.0/24", 3) in pairs


def test_many_small_transactions_are_the_same(
    here: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where they are cut changes nothing."""
    monkeypatch.setattr(module, "MOST_ROWS", 1)
    names = write_days(tmp_path, 3)
    with here.desk() as desk:
        run(desk, names)
        assert counts(desk) == of_days(3)


def test_a_damaged_log_counts_as_far_as_it_goes(here: Office, tmp_path: Path) -> None:
    """And says so."""
    names = write_days(tmp_path, 3)
    path = Path(names[-1])
    path.write_bytes(path.read_bytes()[:-12])
    with here.desk() as desk:
        done = run(desk, names)
        assert [bool(log.problem) for log in done.logs] == [False, False, True]
        run(desk, names)
        assert counts(desk)["RU", Reason.LOGIN_FAILED] == 3 * 3


def test_two_logs_of_one_time_are_put_in_its_order(
    here: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The judge sees them as they happened."""
    a, b = tmp_path / "a.log", tmp_path / "b.log"
    a.write_text("".join(login(1, second, "a@example.test") for second in (0, 2, 4)))
    b.write_text("".join(login(1, second, "b@example.test") for second in (1, 3, 5)))
    seen = []
    judged = TodaysRules.login

    def noting(rules: TodaysRules, login: LoginSeen, attempts: int = 1) -> None:
        seen.append(login.at)
        judged(rules, login, attempts)

    monkeypatch.setattr(TodaysRules, "login", noting)
    with here.desk() as desk:
        run(desk, [str(a), str(b)])
    assert seen == sorted(seen)
    assert len(seen) == 6
