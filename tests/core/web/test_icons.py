"""Icons come out of the installed set."""

from __future__ import annotations

import pytest

from core.web.icons import icon
from core.web.menu import MENU


@pytest.mark.parametrize("name", sorted({entry.icon for entry in MENU}))
def test_icons_of_the_menu_are_in_the_set(name: str) -> None:
    assert "<path" in icon(name)
    assert 'aria-hidden="true"' in icon(name)


def test_label_is_escaped() -> None:
    assert "&lt;b&gt;" in icon("gear", '<b>"')


def test_icon_that_is_not_there_is_a_mistake_of_ours() -> None:
    with pytest.raises(LookupError):
        icon("no-such-icon")
