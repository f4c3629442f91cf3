"""Seeing, entering and removing the licence key."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.licence import key as keys
from core.licence.feature import Feature
from core.licence.licence import KEY_FILE, Licence
from core.panel import Requirement
from tests.core.cli.desk import Desk
from tests.core.licence.vendor_keys import DAY, SIGNER, licence_key


@pytest.fixture(autouse=True)
def vendor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program knows the key that the tests sign with."""
    monkeypatch.setattr(keys, "PUBLIC_KEYS", SIGNER.public_keys)


def issued(**different: Any) -> str:
    """A key for every panel that was issued just now."""
    now = int(time.time())
    dates = {"issued": now - 60, "expires": now + 100 * DAY, "panel": ""}
    return SIGNER.text(licence_key(**(dates | different)))


def test_a_fresh_server_shows_its_trial(desk: Desk) -> None:
    """E10: and looking leaves nothing behind."""
    page = desk("licence", "show").stdout
    assert "PRO: The trial of 30 days begins when Mailward first starts." in page
    document = desk.json("licence", "show", "--json")
    assert (document["state"], document["tier"], document["key"]) == ("trial", "PRO", None)
    assert {each["feature"] for each in document["features"]} == set(Feature)
    assert not desk.config.state.exists()


def test_a_key_is_entered_and_shown(desk: Desk) -> None:
    """E10: key, tier, dates, and to whom it belongs."""
    with desk.daemon({"reload": lambda _: {"problems": []}}) as asked:
        said = desk("licence", "set", issued())
    assert said.stdout.startswith("PRO  The licence runs until ")
    assert [request["do"] for request in asked] == ["reload"]
    page = desk("licence", "show").stdout
    assert "number 7, PRO for every panel, for any server" in page
    assert "Example Hosting GmbH" in page
    assert "then 14 days of grace" in page
    document = desk.json("licence", "show", "--json")
    assert (document["state"], document["key"]["number"]) == ("valid", 7)
    assert document["in_order"]


@pytest.mark.parametrize("how", ["standard input", "several words"])
def test_a_key_comes_in_every_shape(desk: Desk, how: str) -> None:
    """E10, E11: from a file, or pasted without quotes."""
    text = issued()
    if how == "standard input":
        said = desk("licence", "set", "-", text=f"> {text}\n")
    else:
        said = desk("licence", "set", *text.lower().replace("-", " ").split())
    assert "The licence runs until" in said.stdout
    assert "The daemon is not running" in said.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello", "mailward: a licence key begins with MW1-; this does not"),
        (issued(panel="zimbra"), "is for Zimbra, and this is test"),
        (issued(server="host:b.invalid"), "is for the server b.invalid"),
    ],
)
def test_a_key_that_does_not_count_is_refused(desk: Desk, text: str, said: str) -> None:
    """E10: exit code 4, and the one before stays."""
    desk("licence", "set", issued(number=3))
    result = desk("licence", "set", text, code=4)
    assert said in result.stderr
    assert desk.json("licence", "show", "--json")["key"]["number"] == 3


def test_a_licence_that_ends_is_a_problem_with_a_code(desk: Desk) -> None:
    """K5: a monitor sees that the licence is in its grace."""
    desk("licence", "set", issued(expires=int(time.time()) - DAY))
    page = desk("licence", "show", code=1).stdout
    assert "renew it" in page
    assert not desk.json("licence", "show", "--json", code=1)["in_order"]


def test_a_key_is_removed(desk: Desk) -> None:
    """E10: once; the trial does not begin again."""
    Licence(desk.config.state, "test").remember(time.time() - 40 * DAY)
    desk("licence", "set", issued())
    said = desk("licence", "remove")
    assert said.stdout.startswith("Basic  There is no licence key, and the trial ended on ")
    assert desk("licence", "remove").stdout == "There was no licence key.\n"
    page = desk("licence", "show", width=200).stdout
    assert "Checks before the password            off  PLUS" in page
    assert "Send limits                           on   Basic" in page


def test_a_feature_that_the_server_lacks_says_why(desk: Desk) -> None:
    """E8."""
    desk.panel.requirements = (Requirement(Feature.CONNECT, "2.0", "", "", "Upgrade it."),)
    (connect,) = (
        each
        for each in desk.json("licence", "show", "--json")["features"]
        if each["feature"] == "connect"
    )
    assert (connect["on"], connect["cause"]) == (False, "panel_version")
    assert connect["reason"] == "Checks before the password need test 2.0; this is 1. Upgrade it."


def test_a_disk_that_takes_nothing_is_trouble(desk: Desk) -> None:
    """Exit code 5: the key is right, the machine is not."""
    desk.config.state.write_text("a file where a folder should be")
    assert KEY_FILE in desk("licence", "set", issued(), code=5).stderr
    assert "cannot be changed" in desk("licence", "remove", code=5).stderr


def test_a_customers_name_does_not_command_the_terminal(desk: Desk) -> None:
    """Whatever the vendor was told."""
    desk("licence", "set", issued(customer="Evil\x1b[2J Ltd"))
    assert "\x1b" not in desk("licence", "show").stdout
