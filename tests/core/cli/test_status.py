"""Green or red, and everything that is wrong in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.cli.desk import Desk
from tests.core.desk import samples


def test_green_when_all_is_well(desk: Desk) -> None:
    """D8: exit code 0 means that the server is guarded."""
    with desk.daemon({"status": lambda _: samples.status()}):
        page = desk("status").stdout
        assert desk.json("status", "--json") == {"reachable": True, **samples.status()}
    assert page.startswith("green  all is well\n")
    assert "Austria (AT)" in page
    assert "2 h" in page
    assert "IP Geolocation by DB-IP https://db-ip.com" in page
    assert "5 s ago" in page


def test_red_with_every_problem(desk: Desk) -> None:
    """B4, E17: an empty notify.address and old data are said."""
    problems = {"notify.address": "nobody is told", "data asn": "its data is 90 days old"}
    with desk.daemon({"status": lambda _: samples.status(problems=problems)}):
        page = desk("status", code=1).stdout
        assert desk.json("status", "--json", code=1)["problems"] == problems
    assert page.startswith("red  2 problems\n")
    assert "     notify.address: nobody is told\n" in page
    assert "     data asn: its data is 90 days old\n" in page


@pytest.mark.parametrize(
    ("different", "said"),
    [
        ({"blocked": 2}, "see `mailward blocked list`"),
        ({"server_country": ""}, "set country.server"),
        ({"off": {"connect": "They need a licence."}}, "switched off     They need a licence."),
        ({"untrusted": 3}, "3 connections of users who may not ask"),
        ({"faults": 2, "last_fault": "Traceback\nValueError: odd\x1b[2J"}, "ValueError: odd\\x1b"),
        (
            {"stages": {"connect": {"asked": 0, "last": 0}}},
            "No mail server has asked yet; see `mailward hook verify`.",
        ),
    ],
)
def test_says_what_needs_a_look(desk: Desk, different: dict[str, Any], said: str) -> None:
    """K5: silence is said, and so are own faults."""
    with desk.daemon({"status": lambda _: samples.status(**different)}):
        assert said in desk("status").stdout


def test_no_daemon_is_red_with_a_code_of_its_own(desk: Desk) -> None:
    """A monitor tells it from other problems."""
    result = desk("status", code=3)
    assert result.stdout == "red  the daemon is not running\n"
    assert "cannot be reached at unix:" in result.stderr
    document = desk.json("status", "--json", code=3)
    assert document["reachable"] is False
    assert "cannot be reached" in document["error"]
