"""What is counted of an account's sending."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.engine.account_table import AccountTable
from core.engine.stolen import outflow
from core.engine.stolen.outflow import BUSY, SWEEPS, TOLD, Outflow
from tests.core.engine.asking import ACCOUNT, WALL

START = WALL // 3600 * 3600


def sweep(flow: Outflow, at: float) -> None:
    """Ten minutes and a little more."""
    for _ in range(SWEEPS + 100):
        flow.sweep(at)


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


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who have sent least make room: a thief who sends a lot is not forgotten."""
    monkeypatch.setattr(outflow, "MOST", 500)
    flow = Outflow(60, 500)
    flow.mail("thief@example.test", START, 1, 5)
    for number in range(2000):
        flow.mail(f"u{number}@example.test", START, 1)
    assert 450 < len(flow) <= 500
    assert flow.sent("thief@example.test", START).mails == 5
    sweep(flow, START + 7200)
    assert len(flow) == 0


def test_whoever_is_busy_is_forgotten_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outflow, "MOST_BUSY", 10)
    flow = Outflow(60, 500)
    for number in range(20):
        flow.mail(f"u{number}@example.test", START, 1, BUSY)
    assert len(flow) == 20
    sweep(flow, START + 3600)
    assert {flow.sent(f"u{number}@example.test", START + 3600).mails for number in range(20)} == {
        BUSY
    }
    sweep(flow, START + 7200)
    assert len(flow) == 0


def test_most_accounts_take_little() -> None:
    """Three mails, and what became of them."""
    table = AccountTable(2)
    flow, names = Outflow(60, 500, table.columns[1]), [f"u{n}@example.test" for n in range(3000)]
    for name in names:
        table.columns[0].put(name, b"x")
    before = table.octets
    for name in names:
        flow.mail(name, START, 3, 3)
        for number in range(3):
            flow.delivery(name, START, f"r{number}@example.test", False)
    assert len(flow) == len(table.columns[1]) == len(names)
    assert (table.octets - before) / len(names) < 25


class Counted(RuleBasedStateMachine):
    """However an account's counters are kept, they say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.hour = START
        self.flows = [Outflow(60, 500), Outflow(60, 500)]

    @rule(count=st.integers(1, 12), recipients=st.integers(0, 90), name=st.sampled_from("ab"))
    def mail(self, count: int, recipients: int, name: str) -> None:
        assert len({flow.mail(name, self.hour, recipients, count) for flow in self.flows}) == 1

    @rule(count=st.integers(1, 120), failed=st.booleans(), name=st.sampled_from("ab"))
    def delivery(self, count: int, failed: bool, name: str) -> None:
        for flow in self.flows:
            for number in range(count):
                flow.delivery(name, self.hour, f"r{number}@example.test", failed)

    @rule(mails=st.integers(60, 90), name=st.sampled_from("ab"))
    def rest(self, mails: int, name: str) -> None:
        for flow in self.flows:
            flow.rest(name, mails, 600)

    @rule(hours=st.integers(0, 3))
    def wait(self, hours: int) -> None:
        self.hour += hours * 3600
        sweep(self.flows[0], self.hour)

    @rule(name=st.sampled_from("ab"))
    def pack(self, name: str) -> None:
        """As if there were too many who are busy."""
        flow = self.flows[1]
        count = flow._busy.pop(name, None)
        if count is not None:
            flow._column.put(name, outflow._packed(count))

    @invariant()
    def they_say_the_same(self) -> None:
        for name in "ab":
            one, two = (flow.sent(name, self.hour + 1) for flow in self.flows)
            assert one == two


TestCounted = Counted.TestCase
TestCounted.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)


def test_a_forgotten_account_starts_afresh() -> None:
    flow = Outflow(60, 500)
    flow.mail(ACCOUNT, START, 1)
    flow.forget(ACCOUNT)
    assert flow.sent(ACCOUNT, START).mails == 0


@pytest.mark.parametrize("mails", [3, 20])
def test_a_clock_that_was_ahead_leaves_nothing_behind(mails: int) -> None:
    """What was counted for tomorrow does not add up until tomorrow; with many mails neither."""
    flow = Outflow(30, 100)
    for number in range(mails):
        flow.mail("a", WALL + 86_400 + number, 1)
    for _ in range(3):
        flow.sweep(WALL)
    flow.mail("a", WALL, 1)
    assert flow.sent("a", WALL).mails == 1
