"""What is to be looked at before rules are saved."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from core.panel import Role
from core.settings.scope import Scope
from core.web.pages.domains_rules import GROUPS, NAMES, sheet_of, weighed
from tests.core.web.forms import at_desk
from tests.core.web.rig import Pages

ALPHA = Scope("domain", "alpha.example")


def _sent(**fields: str) -> MultiDict[str, str]:
    return MultiDict(
        [
            ("field", "country-mode"),
            ("field", "network-cloud"),
            ("country-mode", fields.pop("mode", "off")),
            ("network-cloud", fields.pop("cloud", "watch")),
            *fields.items(),
        ]
    )


@pytest.mark.parametrize(
    ("fields", "is_shown"),
    [
        ({"cloud": "refuse"}, False),
        ({"mode": "allow"}, False),  # nobody came from anywhere
        ({"mode": "allow", "act": "preview"}, True),
        ({"mode": "nonsense", "act": "preview"}, False),  # a fault comes first
    ],
)
def test_when_somebody_is_to_look_first(
    pages: Pages, fields: dict[str, str], is_shown: bool
) -> None:
    with at_desk(pages, Role.CUSTOMER, "anna"):
        sent = _sent(**fields)
        assert (weighed(sheet_of(ALPHA, sent), sent) is not None) is is_shown


def test_mark_is_of_the_scope_and_the_values(pages: Pages) -> None:
    with at_desk(pages, Role.CUSTOMER, "anna"):
        marks = set()
        for scope, mode in (
            (ALPHA, "allow"),
            (ALPHA, "refuse"),
            (Scope("mailbox", "bob@alpha.example"), "allow"),
        ):
            sent = _sent(mode=mode, act="preview")
            look = weighed(sheet_of(scope, sent), sent)
            assert look is not None
            marks.add(look.mark)
    assert len(marks) == 3


def test_groups_together_are_all_names() -> None:
    assert [name for names in GROUPS.values() for name in names] == NAMES
