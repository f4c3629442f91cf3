"""What was counted for a scope, and whom attackers' attempts are told from."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from core.desk.past import Past
from core.settings.scope import SERVER_SCOPE, Resolved, Scope
from core.store.store import Store
from tests.core.desk.counted import DAY, NOW, Login, count


@pytest.mark.parametrize(
    ("scope", "anybody", "countries", "attempts"),
    [
        (SERVER_SCOPE, "", {"DE", "AT", "TH", "VN", "RU"}, {"RU": 110, "DE": 3, "TH": 7}),
        (Scope("domain", "a.test"), "@a.test", {"DE", "TH", "RU"}, {"RU": 100, "TH": 7}),
        (Scope("mailbox", "bob@a.test"), "bob@a.test", {"DE", "TH", "RU"}, {"DE": 0, "TH": 7}),
        (Scope("domain", "c.test"), "@c.test", set(), {}),
    ],
)
def test_a_scope_has_its_own_past(
    tmp_path: Path, scope: Scope, anybody: str, countries: set[str], attempts: dict[str, int]
) -> None:
    """E24: guesses and refusals before a password are attempts; who logs in attacks nobody."""
    with closing(Store.open(f"sqlite:///{tmp_path}/store.sqlite")) as store:
        count(store)
        past = Past(store, scope, Resolved({}), NOW, 30, None)
        assert past.anybody == anybody
        assert past.countries == countries
        assert past.attempts() == attempts


def test_a_mailbox_with_a_star_in_its_name_is_not_a_pattern(tmp_path: Path) -> None:
    """Nobody sees the neighbours' logins by taking such a name."""
    with closing(Store.open(f"sqlite:///{tmp_path}/store.sqlite")) as store:
        count(store, [Login("a*@a.test", "TH"), Login("ann@a.test", "TH")])
        past = Past(store, Scope("mailbox", "a*@a.test"), Resolved({}), NOW, 30, None)
        found = past.habits({"TH"}, 10, with_refused=False)
        assert [habit.account for habit in found] == ["a*@a.test"]
        assert past.habits((), 10, with_refused=True) == []
        assert past.since <= NOW - 30 * DAY < past.since + DAY
