"""The send window is exact: more than the limit within any window, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.window import OpenWindow, SendWindows


def send(times: list[float], limit: int, seconds: float) -> list[bool]:
    """Whether each mail of one account passes."""
    windows = SendWindows()
    return [windows.add("a", t, seconds, 1, limit) <= limit for t in times]


def test_150_pass_and_the_151st_does_not() -> None:
    """B1, vector 8: 150 mails in 299 s are accepted, the 151st is refused."""
    times = [i * 299 / 150 for i in range(150)]
    assert send([*times, 299.5], 150, 300) == [True] * 150 + [False]


def test_151_over_more_than_the_window_all_pass() -> None:
    """Vector 9: no window of five minutes holds more than 150."""
    assert all(send([i * 300 / 150 for i in range(151)], 150, 300))


@pytest.mark.parametrize(("gap", "passes"), [(299.999, False), (300.0, True), (300.001, True)])
def test_a_mail_counts_while_it_is_younger_than_the_window(gap: float, passes: bool) -> None:
    """The edge belongs to the sender."""
    assert send([0.0, gap], 1, 300)[1] is passes


@given(
    st.lists(st.integers(0, 2000), min_size=1, max_size=60),
    st.integers(1, 8),
    st.integers(1, 500),
)
def test_agrees_with_counting_every_window_by_hand(
    ticks: list[int], limit: int, seconds: int
) -> None:
    """The law: a mail passes just when the window that ends with it holds at most the limit."""
    times = sorted(float(tick) for tick in ticks)
    accepted: list[float] = []
    for t, passed in zip(times, send(times, limit, seconds), strict=True):
        within = sum(1 for earlier in accepted if t - earlier < seconds)
        assert passed is (within + 1 <= limit)
        if passed:
            accepted.append(t)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 6)), max_size=30))
def test_recipients_count_as_that_many_mails(mails: list[tuple[int, int]]) -> None:
    """B9: the same law with a cost for each mail."""
    accepted: list[tuple[int, int]] = []
    windows, limit, seconds = SendWindows(), 10, 100.0
    for tick, cost in sorted(mails):
        used = windows.add("a", float(tick), seconds, cost, limit)
        within = sum(c for t, c in accepted if tick - t < seconds)
        assert used == within + cost
        if used <= limit:
            accepted.append((tick, cost))


@given(st.lists(st.integers(0, 1000), max_size=40), st.integers(0, 5000))
def test_survives_a_restart(ticks: list[int], clock: int) -> None:
    """B7: what was kept as ages counts the same on a clock that started anew."""
    before, after = SendWindows(), SendWindows()
    now = 1000.0
    for tick in sorted(ticks):
        before.add("a", float(tick), 10_000, 1, 1000)
    for account, ages in before.ages(now):
        after.restore(account, ages, float(clock))
    for seconds in (1, 300, 700, 2000):
        assert after.used("a", float(clock), seconds) == before.used("a", now, seconds)


@pytest.mark.parametrize("limit", [90, 110, 150, 400])
def test_busy_accounts_are_counted_as_exactly(limit: int) -> None:
    """B1: whoever sends more than a hundred mails in a window has them kept in another way."""
    windows, seconds = SendWindows(), 100
    accepted: list[float] = []
    for tick in range(1500):
        now = tick * (0.2 if tick % 500 < 300 else 0.5) + tick // 500 * 1000
        used = windows.add("a", now, seconds, 1 + tick % 3, limit)
        accepted = [t for t in accepted if now - t < seconds - 1e-6]
        assert used == len(accepted) + 1 + tick % 3
        if used <= limit:
            accepted += [now] * (1 + tick % 3)


def test_times_are_kept_to_the_millisecond() -> None:
    """A day or a month after the clock's zero, and before it as after a restart."""
    for now in (-1000.0, 0.0, 86_400.0, 3e6):
        windows = SendWindows()
        windows.add("a", now, 300, 1, 5)
        assert windows.used("a", now + 299.998, 300) == 1
        assert windows.used("a", now + 300.001, 300) == 0


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from((10, 100, 1000)))),
)
def test_accounts_with_windows_of_their_own_do_not_disturb_each_other(
    mails: list[tuple[str, int]],
) -> None:
    """Windows of several lengths are asked for in turn, within one millisecond."""
    windows = SendWindows()
    for account, seconds in mails:
        windows.add(account, 5.0, seconds, 1, 1000)
    for account in "abc":
        assert windows.used(account, 5.0, 10) == sum(1 for name, _ in mails if name == account)


def test_asking_counts_nothing() -> None:
    """`used` is for explanations."""
    windows = SendWindows()
    windows.add("a", 0, 300, 1, 5)
    assert [windows.used("a", 1, 300) for _ in range(3)] == [1, 1, 1]
    assert windows.used("b", 1, 300) == 0
    assert len(windows) == 1


def test_quiet_accounts_are_forgotten_and_busy_ones_are_not() -> None:
    """Memory follows the accounts that send."""
    windows = SendWindows()
    for i in range(500):
        windows.add(f"user{i}", float(i), 300, 1, 150)
    for _ in range(250):
        windows.sweep(600.0, 300)
    assert len(windows) == 199
    assert windows.used("user499", 600.0, 300) == 1


def test_a_mail_larger_than_the_limit_leaves_nothing_behind() -> None:
    """It is refused and not counted."""
    windows = SendWindows()
    assert windows.add("a", 0, 300, 200, 150) == 200
    assert windows.used("a", 0, 300) == 0


def test_busiest_come_first() -> None:
    """For the list of accounts near their limit."""
    windows = SendWindows()
    for account, count in (("a", 1), ("b", 3), ("c", 2)):
        for _ in range(count):
            windows.add(account, 1.0, 300, 1, 150)
    assert list(windows.busiest(2.0, 300, 2)) == [("b", 3), ("c", 2)]


turns = st.lists(
    st.tuples(
        st.sampled_from(("send", "send", "send", "open", "close", "forget", "used")),
        st.sampled_from("ab"),
        st.integers(1, 4),
        st.integers(0, 40),
    ),
    max_size=60,
)


@given(turns, st.integers(1, 12))
def test_an_open_window_counts_as_a_closed_one(
    story: list[tuple[str, str, int, int]], limit: int
) -> None:
    """The law of the quick half: what is counted without a look is what a look would count."""
    quick, slow = SendWindows(), SendWindows()
    opened: dict[str, OpenWindow] = {}
    now = 0.0
    for what, account, cost, wait in story:
        now += wait
        if what == "open":
            opened[account] = quick.open(account)
        elif what == "close":
            quick.close()
        elif what == "forget":
            quick.forget(account)
            slow.forget(account)
        elif what == "send":
            window = opened.get(account)
            expected = slow.add(account, now, 100, cost, limit)
            if window is not None and window.left >= cost:
                quick.count(window, now, cost)
                assert expected <= limit
            else:
                assert quick.add(account, now, 100, cost, limit) == expected
        for name in "ab":
            assert quick.used(name, now, 100) == slow.used(name, now, 100)


def test_a_window_that_was_closed_takes_nothing() -> None:
    """Whoever still holds it must ask again: the account may have been released meanwhile."""
    windows = SendWindows()
    for end in (windows.close, lambda: windows.forget("a")):
        window = windows.open("a")
        windows.add("a", 1.0, 300, 1, 150)
        assert window.left > 0
        end()
        assert window.left == 0
