"""One picture: a light, and every problem with what to do about it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.control import Control
from core.desk.picture import Light, Problem, gravest, looked_at, paint, picture
from core.panel import HookState
from core.store.ledger import Ledger
from tests.core.desk import samples
from tests.core.desk.mail_hook import Hook
from tests.core.desk.office import Office


def _status(**different: Any) -> dict[str, Any]:
    return {"status": lambda _: samples.status(**different)}


@pytest.mark.parametrize(
    ("different", "light", "part"),
    [
        pytest.param({}, Light.GREEN, None, id="well"),
        pytest.param({"problems": {"store": "full"}}, Light.RED, "store", id="store"),
        pytest.param({"problems": {"door unix:/p": "taken"}}, Light.RED, "door unix:/p", id="door"),
        pytest.param({"problems": {"ledger": "full"}}, Light.RED, "ledger", id="ledger"),
        pytest.param(
            {"problems": {"data country": "none"}, "sources": [{"name": "country"}]},
            Light.RED,
            "data country",
            id="no data",
        ),
        pytest.param(
            {"problems": {"data country": "its data is 90 days old"}},
            Light.AMBER,
            "data country",
            id="old data",
        ),
        pytest.param(
            {
                "problems": {"data asn": "its data is 90 days old"},
                "sources": [{"name": "asn", "vintage": "2025-01-01"}],
            },
            Light.AMBER,
            "data asn",
            id="old data of the administrator's own",
        ),
        pytest.param({"problems": {"list auth": "no key"}}, Light.AMBER, "list auth", id="list"),
        pytest.param({"problems": {"data aws": "old"}}, Light.AMBER, "data aws", id="feed"),
        pytest.param(
            {"problems": {"notify.address": "nobody"}}, Light.AMBER, "notify.address", id="notify"
        ),
        pytest.param(
            {"problems": {"country.list": "empty"}}, Light.AMBER, "country.list", id="list"
        ),
        pytest.param({"problems": {"novelty": "odd"}}, Light.RED, "novelty", id="unknown part"),
        pytest.param({"server_country": ""}, Light.AMBER, "server_country", id="own country"),
        pytest.param({"faults": 2}, Light.AMBER, "faults", id="faults"),
        pytest.param(
            {"stages": {"connect": {"asked": 0, "last": 0}}}, Light.AMBER, "asked", id="silence"
        ),
    ],
)
def test_the_gravest_problem_gives_the_light(
    office: Office, different: dict[str, Any], light: Light, part: str | None
) -> None:
    """D8, K5, B4, E17: amber while the server is guarded all the same."""
    with office.daemon(_status(**different)):
        found = paint(Control(office.config.control))
    assert found.light is light
    assert [problem.part for problem in found.problems] == ([part] if part else [])


def test_the_gravest_comes_first(office: Office) -> None:
    """And each says what to do, where something can be done."""
    problems = {"notify.address": "nobody is told", "store": "the disk is full"}
    with office.daemon(_status(problems=problems)):
        found = picture(office.desk_on(None))
    assert [problem.part for problem in found.problems] == ["store", "notify.address"]
    assert all(problem.advice for problem in found.problems)
    assert found.notify_missing
    assert (found.sources[0].name, found.stages[0].asked) == ("country", 12)


def test_without_a_daemon_the_disk_tells(office: Office) -> None:
    """Red; and the data's age, the blocks and the settings are known all the same."""
    with office.desk() as desk:
        ledger = Ledger.open(office.config.state / "ledger", now=time.time())
        ledger.block(samples.block("bob@example.test"))
        ledger.close()
        found = picture(desk)
    assert (found.light, found.reachable, found.blocked) == (Light.RED, False, 1)
    assert found.problems[0].part == "daemon"
    assert {"notify.address", "data country"} <= {problem.part for problem in found.problems}
    assert found.answer == {}


def test_a_store_that_is_away_is_a_problem_and_no_error(office: Office) -> None:
    """A dashboard must show it."""
    found = picture(office.desk_on(None, absent="the database does not answer"))
    assert "the database does not answer" in {problem.text for problem in found.problems}


def test_a_daemon_that_refuses_is_a_problem(office: Office) -> None:
    """As when the pages' user may not ask."""
    with office.daemon({}):
        found = picture(office.desk_on(None))
    assert found.light is Light.RED
    assert "no verb 'status'" in found.problems[0].text


@pytest.mark.parametrize(
    ("state", "light"),
    [(HookState.INSTALLED, Light.GREEN), (HookState.EDITED, Light.RED), (None, Light.AMBER)],
)
def test_hooks_are_looked_at_when_asked(
    office: Office, state: HookState | None, light: Light
) -> None:
    """D9: one that is not in place is red; one that cannot be read, an open question."""
    office.panel.hooks_here = [Hook("postfix", state)]
    with office.daemon(_status()), office.desk() as desk:
        assert picture(desk).hooks == ()
        found = picture(desk, hooks=True)
    assert found.light is light
    assert found.hooks[0].state == (state or "unknown")
    assert [problem.part for problem in found.problems] == (
        [] if state is HookState.INSTALLED else ["hook postfix"]
    )


def test_no_mail_server_is_a_problem(office: Office) -> None:
    """There is nothing that would ask."""
    with office.daemon(_status()), office.desk() as desk:
        assert "no mail server" in picture(desk, hooks=True).problems[0].text


@pytest.mark.parametrize(
    ("lights", "together"),
    [
        ([], Light.GREEN),
        ([Light.AMBER], Light.AMBER),
        ([Light.AMBER, Light.RED, Light.AMBER], Light.RED),
    ],
)
def test_lights_together(lights: list[Light], together: Light) -> None:
    """D8: the gravest counts."""
    assert gravest(Problem("", "", light=light) for light in lights) is together


def test_hooks_are_looked_at_alone(office: Office) -> None:
    """The pages do it now and then, and keep what they saw."""
    office.panel.hooks_here = [Hook("postfix", HookState.MISSING)]
    with office.desk() as desk:
        reports, problems = looked_at(desk)
    assert [each.name for each in reports] == ["postfix"]
    assert [(each.part, each.light) for each in problems] == [("hook postfix", Light.RED)]
