"""Who has just logged in from where."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.engine.stolen.glances import SLOTS, Glances

NAMES = st.sampled_from(["a@example.test", "b@example.test"])
VALUES = st.sampled_from([0, 7, 2**128 - 1])


@given(st.lists(st.tuples(NAMES, VALUES, st.integers(0, 1000)), max_size=20))
def test_whoever_was_seen_is_known_from_each_address(seen: list[tuple[str, int, int]]) -> None:
    """An account that is used in two places is used in both; nobody is taken for another one."""
    glances, model = Glances(), dict[tuple[str, int], int]()
    for account, value, at in seen:
        glances.note(account, value, at)
        model[account, value] = at
        for since in (0, at - 1, at, 500):
            found = {pair for pair in model if glances.since(*pair, since)}
            assert found <= {pair for pair, last in model.items() if last > since}
            assert (account, value) in found or at <= since


def test_many_are_known_at_a_time() -> None:
    """Slots are shared, so some of as many as there are have driven others out."""
    glances = Glances()
    for number in range(SLOTS // 2):
        glances.note(f"{number}@example.test", number, 100)
    known = sum(glances.since(f"{n}@example.test", n, 99) for n in range(SLOTS // 2))
    assert SLOTS // 2 * 0.7 < known <= SLOTS // 2
    assert not any(glances.since(f"{n}@example.test", n + 1, 99) for n in range(SLOTS // 2))
    glances.forget()
    assert not any(glances.since(f"{n}@example.test", n, 99) for n in range(SLOTS // 2))
