"""What a person prefers is kept for that person only."""

from __future__ import annotations

import pytest

from core.store.preferences import LONGEST_VALUE, NAMES
from core.store.store import Store


def test_nobody_prefers_anything_at_first(store: Store) -> None:
    assert store.preferences.get("admin", "root") == {}


def test_what_is_set_is_kept_and_the_rest_stays(store: Store) -> None:
    """E5, E6."""
    store.preferences.set("customer", "ann", {"language": "de", "zone": "Europe/Berlin"})
    store.preferences.set("customer", "ann", {"theme": "dark", "zone": None})
    store.preferences.set("customer", "ann", {"language": "en"})
    assert store.preferences.get("customer", "ann") == {"language": "en", "theme": "dark"}


def test_people_do_not_share_preferences(store: Store) -> None:
    """E22: the same login name in another role is another person."""
    store.preferences.set("customer", "ann", {"theme": "dark"})
    assert store.preferences.get("reseller", "ann") == {}
    assert store.preferences.get("customer", "bob") == {}


def test_any_name_of_a_person_can_be_kept(store: Store) -> None:
    store.preferences.set("customer", "jürgen\0\udcff", {"theme": "dark"})
    assert store.preferences.get("customer", "jürgen\0\udcff") == {"theme": "dark"}


@pytest.mark.parametrize(
    ("login", "values", "said"),
    [
        pytest.param("ann", {"colour": "red"}, "no preference 'colour'", id="unknown"),
        pytest.param("ann", {"zone": "x" * (LONGEST_VALUE + 1)}, "zone has 512", id="too long"),
        pytest.param("a" * 321, {"theme": "dark"}, "login name", id="nobody has such a name"),
    ],
)
def test_what_is_no_preference_is_refused(
    store: Store, login: str, values: dict[str, str], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        store.preferences.set(login=login, role="customer", values={"page_length": "50", **values})
    assert store.preferences.get("customer", login) == {}


def test_all_names_may_be_set(store: Store) -> None:
    store.preferences.set("admin", "root", dict.fromkeys(NAMES, "x" * LONGEST_VALUE))
    assert set(store.preferences.get("admin", "root")) == NAMES
