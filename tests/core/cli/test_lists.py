"""`mailward lists`: seen, switched, asked."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from core.sources.status import SourceStatus
from core.store.store import Store
from tests.core.cli.desk import Desk

TODAY = int(time.time() // 86_400)


def count(desk: Desk, name: str, passed: int, failed: int) -> None:
    desk.config.state.mkdir(parents=True, exist_ok=True)
    with closing(Store.open(desk.config.store_url)) as store:
        store.list_hits.add({(TODAY, name): (passed, failed)})


def daemon(*sources: SourceStatus, **more: Any) -> dict[str, Any]:
    return {
        "status": lambda _: {"sources": msgspec.to_builtins(sources)},
        "reload": lambda _: {"problems": []},
        **more,
    }


def test_all_lists_in_one_table(desk: Desk) -> None:
    """C1: on the first day, too, when there is no store."""
    page = desk("lists", width=160).stdout
    assert "spamhaus_drop" in page
    assert "crowdsec" in page
    assert {each["mode"] for each in desk.json("lists", "--json")} == {"off", "refuse"}


def test_from_watching_to_refusing(desk: Desk) -> None:
    """C1: with a look at what it would have refused in between."""
    with desk.daemon(daemon()):
        page = desk("lists", "watch", "cins").stdout
        assert "cins: watch" in page
        assert "mailward update" in page
        count(desk, "cins", 2, 40)
        page = desk("lists", "show", "cins").stdout
        assert "refused 42 logins of the last 7 days, of which 2 had the right password" in page
        assert "no licence stated" in page
        assert desk.json("lists", "show", "cins", "--json")["failed"] == 40
        assert "cins: refuse" in desk("lists", "arm", "cins", "--why", "no harm seen").stdout
        assert "already is so" in desk("lists", "arm", "cins").stdout
        assert "cins: off" in desk("lists", "off", "cins").stdout
    assert "off" in desk("get", "lists.cins").stdout


def test_a_key_that_is_missing_is_said_when_a_list_is_switched_on(desk: Desk) -> None:
    problem = SourceStatus("abusix", problem="it needs a key: set lists.abusix_key")
    with desk.daemon(daemon(problem)):
        result = desk("lists", "arm", "abusix")
        assert "set lists.abusix_key" in result.stderr
        assert "set lists.abusix_key" in desk("lists", width=160).stdout


def test_the_switch_over_all_is_told(desk: Desk) -> None:
    desk("set", "network.attacker", "watch")
    desk("lists", "arm", "cins")
    assert "network.attacker is over all lists" in desk("lists").stdout
    assert "lets it do less" in desk("lists", "show", "cins").stdout


def test_an_unknown_list_changes_nothing(desk: Desk) -> None:
    assert "there is no list" in desk("lists", "arm", "firehol", code=4).stderr
    assert "network.attacker" in desk("lists", "off", "asndrop", code=4).stderr


def test_an_address_is_tested(desk: Desk) -> None:
    answer = {
        "address": "203.0.113.7",
        "local": False,
        "lists": [
            {"name": "a", "listed": True, "entry": "203.0.113.0/24", "label": "A", "problem": ""},
            {"name": "b", "listed": False, "entry": "", "label": "B", "problem": ""},
            {"name": "c", "listed": False, "entry": "", "label": "C", "problem": "is down"},
        ],
    }
    with desk.daemon(daemon(list_test=lambda _: answer)):
        page = desk("lists", "test", "203.0.113.7").stdout
        assert "203.0.113.0/24" in page
        assert "is down" in page
        assert "is in 1 list." in page
        assert desk.json("lists", "test", "203.0.113.7", "--json") == answer
    with desk.daemon(daemon(list_test=lambda _: answer | {"local": True})):
        assert "is local" in desk("lists", "test", "127.0.0.1").stdout
    desk("lists", "test", "203.0.113.7", code=3)


def test_own_servers_get_their_document(desk: Desk, tmp_path: Path) -> None:
    """E23."""
    with desk.daemon(daemon(share=lambda _: {"document": '{"body": 1}\n'})):
        assert desk("lists", "publish").stdout == '{"body": 1}\n'
        desk("lists", "publish", str(tmp_path / "share.json"))
    assert (tmp_path / "share.json").read_text() == '{"body": 1}\n'
