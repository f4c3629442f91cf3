"""What is counted of an account's sending."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.stolen.outflow import MOST, TOLD, Outflow
from tests.core.engine.asking import ACCOUNT, WALL

START = WALL // 3600 * 3600


def test_mails_of_one_hour() -> None:
    flow = Outflow(60, 500)
    for n in range(3):
        flow.mail(ACCOUNT, START + n, 2)
    sent = flow.sent(ACCOUNT, START + 10)
    assert (sent.mails, sent.recipients, sent.told, sent.failed) == (3, 6, 0, 0)


@given(st.lists(st.tuples(st.integers(1, 90), st.integers(0, 600)), min_size=1, max_size=8))
def test_mails_may_be_told_of_together(told: list[tuple[int, int]]) -> None:
    together, single = Outflow(60, 500), Outflow(60, 500)
    for mails, recipients in told:
        looked = together.mail(ACCOUNT, START, recipients, mails)
        each = [recipients // mails] * (mails - 1)
        each.append(recipients - sum(each))
        if not recipients or 0 not in each:  # whoever has no recipients counts as one
            one_by_one = [single.mail(ACCOUNT, START, count) for count in each]
            assert looked == one_by_one[-1]
        else:
            single.mail(ACCOUNT, START, recipients, mails)
        assert together.sent(ACCOUNT, START) == single.sent(ACCOUNT, START)


def test_the_hour_before_counts_for_what_is_left_of_it() -> None:
    flow = Outflow(60, 500)
    for _ in range(100):
        flow.mail(ACCOUNT, START + 3590, 1)
    flow.mail(ACCOUNT, START + 3600, 1)
    assert flow.sent(ACCOUNT, START + 3600).mails == 101
    assert flow.sent(ACCOUNT, START + 3600 + 1800).mails == 51
    assert flow.sent(ACCOUNT, START + 7200).mails == 1
    assert flow.sent(ACCOUNT, START + 3 * 3600).mails == 0


@given(st.integers(0, 3000), st.integers(1, 5))
def test_recipients_are_told_apart(different: int, times: int) -> None:
    """B10: the same recipient again is the same; ten in a hundred is near enough."""
    flow = Outflow(60, 500)
    for _ in range(times):
        for number in range(different):
            flow.delivery(ACCOUNT, START, f"r{number}@Example.test", number % 2 == 0)
            flow.delivery(ACCOUNT, START, f"R{number}@example.test", number % 2 == 0)
    sent = flow.sent(ACCOUNT, START + 1)
    assert sent.told == pytest.approx(different, rel=0.1, abs=4)
    assert sent.failed == pytest.approx(-(-different // 2), rel=0.1, abs=4)


def test_recipients_of_two_hours_are_told_apart() -> None:
    flow = Outflow(60, 500)
    for number in range(50):
        flow.delivery(ACCOUNT, START + number % 2 * 3600, f"r{number // 2}@example.test", True)
    assert flow.sent(ACCOUNT, START + 3700).failed == pytest.approx(25, abs=2)
    assert flow.sent(ACCOUNT, START + 4 * 3600).failed == 0


def test_a_log_that_is_behind_is_no_new_hour() -> None:
    flow = Outflow(60, 500)
    flow.mail(ACCOUNT, START + 3600, 1)
    flow.mail(ACCOUNT, START, 1)
    assert flow.sent(ACCOUNT, START + 3600).mails == 2


def test_only_who_has_sent_enough_is_worth_a_look() -> None:
    """The mails of the hour before count as if it had just ended: nobody is overlooked."""
    flow = Outflow(60, 500)
    assert [flow.mail(ACCOUNT, START, 1) for _ in range(60)] == [False] * 59 + [True]
    assert not flow.mail("other@example.test", START, 499)
    assert flow.mail("other@example.test", START, 1)
    for _ in range(30):
        flow.mail("late@example.test", START + 3599, 1)
    looks = [flow.mail("late@example.test", START + 3600, 1) for _ in range(30)]
    assert looks == [False] * 29 + [True]


def test_who_was_looked_at_may_rest_for_the_hour() -> None:
    flow = Outflow(60, 500)
    for _ in range(60):
        flow.mail(ACCOUNT, START, 1)
    flow.rest(ACCOUNT, 62, 600)
    assert [flow.mail(ACCOUNT, START, 1) for _ in range(2)] == [False, True]
    flow.rest(ACCOUNT, 1000, 1000)
    assert not flow.mail(ACCOUNT, START, 1)
    flow.wake()
    assert flow.mail(ACCOUNT, START, 1), "other settings may find it too much"
    flow.rest(ACCOUNT, 1000, 1000)
    assert flow.mail(ACCOUNT, START + 3600, 1), "another hour, and another limit"


def test_where_recipients_are_told_the_mails_do_not_say_how_many_there_are() -> None:
    flow = Outflow(60, 500)
    flow.delivery(ACCOUNT, START, "r@example.test", False)
    assert [flow.mail(ACCOUNT, START, 1) for _ in range(TOLD)] == [False] * (TOLD - 1) + [True]


def test_memory_is_bounded() -> None:
    flow = Outflow(60, 500)
    for number in range(MOST + 10):
        flow.mail(f"u{number}@example.test", START, 1)
    assert len(flow) == MOST
    flow.sweep(START + 7200)
    assert len(flow) == 0


def test_a_forgotten_account_starts_afresh() -> None:
    flow = Outflow(60, 500)
    flow.mail(ACCOUNT, START, 1)
    flow.forget(ACCOUNT)
    assert flow.sent(ACCOUNT, START).mails == 0
