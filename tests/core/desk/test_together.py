"""Changes that were made together are taken back together, or not at all (E21)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.desk.desk import Desk
from core.desk.together import together, undo_together
from core.errors import SettingError, StoreChanged
from tests.core.desk.office import Office

SERVER = ("server", "")


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    with office.desk() as found:
        yield found


def _change(desk: Desk, at: float, who: str = "x", why: str = "", **values: Any) -> list[int]:
    named = {name.replace("_", ".", 1): value for name, value in values.items()}
    return desk.store.settings.change(SERVER, named, who, at, why)


def test_only_what_was_made_with_it(desk: Desk) -> None:
    """By the same person, at the same moment, with the same words."""
    _change(desk, 1.0, send_limit=10)
    ids = _change(desk, 2.0, country_mode="allow", country_list=["AT"])
    _change(desk, 2.0, "y", send_seconds=60)
    _change(desk, 2.0, why="another", send_watch=True)
    assert sorted(entry.id for entry in together(desk, ids[0])) == sorted(ids)
    told = undo_together(desk, ids[1])
    assert len(told.audit) == 2
    assert desk.stored() == {SERVER: {"send.limit": 10, "send.seconds": 60, "send.watch": True}}


def test_one_that_was_followed_by_another_keeps_all(desk: Desk) -> None:
    ids = _change(desk, 2.0, country_mode="allow", country_list=["AT"])
    _change(desk, 3.0, country_mode="refuse")
    with pytest.raises(StoreChanged):
        undo_together(desk, ids[0])
    assert desk.stored()[SERVER] == {"country.mode": "refuse", "country.list": ["AT"]}


@pytest.mark.parametrize("number", [0, 7])
def test_what_is_not_there_is_told(desk: Desk, number: int) -> None:
    with pytest.raises(SettingError, match="there is no change"):
        together(desk, number)
