"""When an exemption ends (A16)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.errors import SettingError
from core.panel import Role
from core.web.pages.exemptions_end import ENDS, read, shown
from tests.core.web.forms import at_desk
from tests.core.web.rig import Pages

NOW = datetime(2030, 5, 5, 12, tzinfo=UTC).timestamp()
NIGHT = datetime(2030, 5, 8, tzinfo=UTC).timestamp()
NOON = datetime(2030, 5, 7, 12, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("ends", "day", "before", "found"),
    [
        ("never", "", 0, 0),
        ("never", "2030-05-07", 0, 0),
        ("", "", 0, 0),
        ("1", "", 0, NOW + 86_400),
        ("date", "2030-05-07", 0, NIGHT),
        ("", "2030-05-07", 0, NIGHT),
        ("date", "2030-05-07", NOON, NOON),
        ("date", "2030-05-07", NIGHT, NIGHT),
    ],
)
def test_read(pages: Pages, ends: str, day: str, before: float, found: float) -> None:
    """The same day keeps its hour, so that an edit of the comment moves no end."""
    with at_desk(pages, Role.ADMIN, "root"):
        assert read(ends, day, NOW, before) == found


@pytest.mark.parametrize("end", [0, NIGHT, NOON])
def test_form_sent_as_it_is_changes_nothing(pages: Pages, end: float) -> None:
    with at_desk(pages, Role.ADMIN, "root"):
        assert read(*shown(end), NOW, end) == end


@pytest.mark.parametrize(
    ("ends", "day"),
    [("date", ""), ("date", "x"), ("date", "2030-05-04"), ("date", "9999-12-31"), ("2", "")],
)
def test_no_end(pages: Pages, ends: str, day: str) -> None:
    with at_desk(pages, Role.ADMIN, "root"), pytest.raises(SettingError):
        read(ends, day, NOW)


def test_every_choice_can_be_sent(pages: Pages) -> None:
    with at_desk(pages, Role.ADMIN, "root"):
        for ends in ENDS:
            assert read(ends, "2030-05-07", NOW) >= 0
