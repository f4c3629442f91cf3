"""Lists of attackers as people see and switch them."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from core.desk import lists
from core.desk.desk import Desk
from core.errors import ControlError, SettingError
from core.settings.lists import NAMES
from core.settings.scope import SERVER_SCOPE
from core.sources.status import SourceStatus
from tests.core.desk.office import Office
from tests.databases import write_ranges

NOW = 1_800_000_000.0
TODAY = int(NOW // 86_400)
PEER = "https://mx2.example.test/s.json"


def put(desk: Desk, values: dict[str, Any]) -> None:
    desk.store.settings.change(("server", ""), values, "x", 1.0)


def status(*sources: SourceStatus) -> dict[str, Any]:
    return {"status": lambda _: {"sources": msgspec.to_builtins(sources)}}


def test_every_list_is_there_also_those_that_are_off(office: Office) -> None:
    """C1: DROP and ASN-DROP among them, by the switch that is theirs."""
    with office.desk() as desk:
        put(desk, {"share.peers": [PEER]})
        found = {line.name: line for line in lists.overview(desk, NOW)}
    assert list(found) == ["spamhaus_drop", "asndrop", *NAMES, "share mx2.example.test"]
    drop = found["spamhaus_drop"]
    assert (drop.mode, drop.setting) == ("refuse", "network.attacker")
    assert {found[name].mode for name in NAMES} == {"off"}
    assert {each.kind for each in found.values()} == {"dns", "download", "told"}
    assert all(each.label for each in found.values())
    assert "not for commercial use" in found["dshield"].terms


def test_a_list_tells_what_the_daemon_says_of_it(office: Office) -> None:
    said = SourceStatus("abusix", "", 17, 60.0, "a problem", "Abusix", "terms", "https://x")
    with office.desk() as desk, office.daemon(status(said)):
        found = lists.find(desk, "abusix")
    assert (found.entries, found.age, found.problem, found.link) == (
        *(17, 60.0),
        *("a problem", "https://x"),
    )


def test_without_the_daemon_the_disk_is_looked_at(office: Office) -> None:
    write_ranges(office.config.data, "cins", ("8.8.8.8/32",))
    with office.desk() as desk:
        assert lists.find(desk, "cins").entries == 1


@pytest.mark.parametrize(
    ("mode", "preview"),
    [
        ("off", ""),
        (
            "watch",
            "refused 1,007 logins of the last 7 days, of which 7 had the right password.",
        ),
        ("refuse", "It refuses; whom, is among the events."),
    ],
)
def test_the_preview_of_seven_days(office: Office, mode: str, preview: str) -> None:
    """C1: before a list is armed."""
    with office.desk() as desk:
        put(desk, {"lists.cins": mode})
        desk.store.list_hits.add(
            {
                (TODAY, "cins"): (3, 400),
                (TODAY - 6, "cins"): (4, 600),
                (TODAY - 7, "cins"): (1000, 0),
                (TODAY, "abusix"): (1000, 0),
            }
        )
        assert lists.find(desk, "cins", NOW).preview.endswith(preview)
        assert bool(lists.find(desk, "cins", NOW).preview) is bool(preview)


def test_a_list_that_met_nobody_says_so(office: Office) -> None:
    with office.desk() as desk:
        put(desk, {"lists.cins": "watch"})
        assert "no login" in lists.find(desk, "cins", time.time()).preview


@pytest.mark.parametrize(
    ("master", "mode", "held"),
    [
        ("refuse", "refuse", False),
        ("watch", "refuse", True),
        ("watch", "watch", False),
        ("off", "watch", True),
        ("off", "off", False),
    ],
)
def test_the_switch_over_all_lists_is_told(
    office: Office, master: str, mode: str, held: bool
) -> None:
    with office.desk() as desk:
        put(desk, {"network.attacker": master, "lists.cins": mode})
        assert lists.find(desk, "cins").held is held


def test_a_list_is_switched_and_the_daemon_told(office: Office) -> None:
    with office.desk() as desk, office.daemon({"reload": lambda _: {"problems": []}}) as asked:
        told = lists.switch(desk, "cins", "watch", "a try")
        assert told is not None
        assert told.reached
        assert lists.switch(desk, "cins", "watch") is None
        assert desk.rules().resolved.server.lists.cins == "watch"
    assert [each["do"] for each in asked] == ["reload"]


@pytest.mark.parametrize(
    ("before", "to", "after"),
    [
        ("off", "watch", ("take", "watch")),
        ("off", "refuse", ("take", "refuse")),
        ("give", "refuse", ("both", "refuse")),
        ("both", "off", ("give", "watch")),
        ("take", "off", ("off", "watch")),
    ],
)
def test_what_own_servers_tell_is_switched_as_one(
    office: Office, before: str, to: Any, after: tuple[str, str]
) -> None:
    """E23."""
    with office.desk() as desk:
        put(desk, {"share.mode": before})
        lists.switch(desk, "share", to)
        share = desk.rules().resolved.of(SERVER_SCOPE).share
    assert (share.mode, share.arm) == after


@pytest.mark.parametrize(
    ("name", "says"),
    [("spamhaus_drop", "set network.attacker"), ("nonsense", "there is no list 'nonsense'")],
)
def test_what_cannot_be_switched_is_said(office: Office, name: str, says: str) -> None:
    with office.desk() as desk, pytest.raises(SettingError, match=says):
        lists.switch(desk, name, "off")


def test_an_unknown_list_is_said(office: Office) -> None:
    with office.desk() as desk, pytest.raises(SettingError, match="there is no list"):
        lists.find(desk, "nonsense")


def test_programs_get_the_sums(office: Office) -> None:
    with office.desk() as desk:
        desk.store.list_hits.add({(TODAY, "cins"): (3, 4)})
        document = lists.find(desk, "cins", NOW).document()
    assert (document["passed"], document["failed"], document["name"]) == (3, 4, "cins")


def test_an_address_is_asked_about_by_the_daemon(office: Office) -> None:
    answer = {"address": "203.0.113.7", "local": False, "lists": []}
    with office.desk() as desk, office.daemon({"list_test": lambda _: answer}) as asked:
        assert lists.ask(desk, "203.0.113.7") == answer
    assert asked == [{"do": "list_test", "address": "203.0.113.7"}]
    with office.desk() as desk, pytest.raises(ControlError):
        lists.ask(desk, "203.0.113.7")
