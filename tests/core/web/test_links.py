"""Links let in whom they name, until they end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.panel import Role, Viewer
from core.web.links import make_key, read_key


@given(st.sampled_from(Role), st.text(min_size=1, max_size=40))
def test_key_brings_back_whom_it_was_made_for(role: Role, login: str) -> None:
    viewer = Viewer(role, login)
    assert read_key("s", make_key("s", viewer, 100), now=99) == (viewer, 100)


@pytest.mark.parametrize("key", ["", "x", "WyJhZG1pbiJd.x", "é", "\0"])
def test_nonsense_lets_nobody_in(key: str) -> None:
    assert read_key("s", key, now=0) is None


def test_key_ends_and_belongs_to_one_server() -> None:
    key = make_key("s", Viewer(Role.ADMIN, "root"), 100)
    assert read_key("s", key, now=100) is None
    assert read_key("t", key, now=99) is None
    assert read_key("s", key[:-1] + ("A" if key[-1] != "A" else "B"), now=99) is None
