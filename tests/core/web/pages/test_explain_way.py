"""The way as the drawing has it: who is asked, who is not, and who set the rule."""

from __future__ import annotations

import pytest

from core.desk.decision import decided
from core.settings.scope import Resolved
from core.web.drawings.decision_path import Outcome, StageWay
from core.web.pages.explain_way import Way
from tests.core.web.pages.explained import FINE, REFUSED, furnish, only_austria
from tests.core.web.rig import Pages

BOB = "bob@alpha.example"


def _stages(pages: Pages, address: str, account: str = BOB) -> tuple[StageWay, ...]:
    desk = pages.parts.desk("x")
    found = decided(desk, address, account, 587).explanation
    rules: Resolved = desk.rules().resolved
    with pages.app.test_request_context():
        return Way(found, rules).stages()


def test_stages_behind_a_refusal_are_not_reached(pages: Pages) -> None:
    """D11"""
    furnish(pages)
    only_austria(pages)
    stages = _stages(pages, REFUSED)
    assert [stage.outcome for stage in stages] == [
        Outcome.REFUSE,
        Outcome.UNASKED,
        Outcome.UNASKED,
    ]
    assert stages[1].detail == "Had it got here, it would have been refused here, too."
    assert {check.outcome for check in stages[1].checks} == {Outcome.UNASKED}
    assert stages[0].checks[-1].outcome is Outcome.REFUSE


def test_rule_of_a_domain_is_named_with_a_link(pages: Pages) -> None:
    furnish(pages)
    only_austria(pages, ("domain", "alpha.example"))
    stages = _stages(pages, REFUSED)
    assert [stage.outcome for stage in stages[:2]] == [Outcome.ALLOW, Outcome.REFUSE]
    check = stages[1].checks[-1]
    assert check.link == "set by: domain alpha.example"
    assert check.href is not None
    assert "alpha.example" in check.href


@pytest.mark.parametrize(
    ("values", "stage", "says"),
    [
        ({"connect.enabled": False}, 0, "The check before the password is switched off."),
        ({"domain.enabled": False}, 1, "The rules of alpha.example and of its mailboxes"),
    ],
)
def test_what_is_switched_off_is_told(
    pages: Pages, values: dict[str, bool], stage: int, says: str
) -> None:
    furnish(pages)
    pages.parts.store.settings.change(("server", ""), values, "x", 1.0)
    found = _stages(pages, FINE)[stage]
    assert found.outcome is Outcome.ALLOW
    assert found.detail.startswith(says)


def test_exempt_address_ends_the_asking(pages: Pages) -> None:
    """A7"""
    furnish(pages)
    only_austria(pages, more={"exempt.addresses": [{"entry": "203.0.113.0/24", "comment": "us"}]})
    checks = _stages(pages, REFUSED)[0].checks
    assert [check.outcome for check in checks] == [Outcome.ALLOW, *[Outcome.UNASKED] * 3]
    assert checks[0].detail == "203.0.113.7 is exempt by: 203.0.113.0/24 (us)"


def test_rule_that_watches_marks_check_and_stage(pages: Pages) -> None:
    """A12"""
    furnish(pages)
    only_austria(pages, more={"country.watch": True})
    stage = _stages(pages, REFUSED)[0]
    assert stage.outcome is Outcome.WATCH
    assert stage.checks[-1].outcome is Outcome.WATCH
