"""What is recognised: the last keys, and never more than there is room for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.daemon.recent import Recent


@given(st.lists(st.integers(0, 30)), st.integers(2, 10))
def test_recent_keys_are_known_and_old_ones_are_not(keys: list[int], size: int) -> None:
    """The law: the last half is known for certain, and never more than the whole."""
    recent = Recent[None](size)
    seen: list[int] = []
    for key in keys:
        known = key in recent
        assert recent.add(key) is not known
        if not known:
            seen.append(key)
        assert all(key in recent for key in seen[-(size // 2) :])
        assert sum(key in recent for key in range(31)) <= size


def test_what_was_said_is_kept_until_it_is_forgotten() -> None:
    """The first word counts."""
    recent = Recent[str](4)
    recent.add(1, "one")
    assert not recent.add(1, "another")
    assert [recent.get(key) for key in (1, 2)] == ["one", None]
    for key in (2, 3):
        recent.add(key, "more")
    assert recent.get(1) == "one"
    for key in (4, 5):
        recent.add(key, "more")
    assert recent.get(1) is None
