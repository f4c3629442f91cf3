"""Lists of attackers: what each would have done stands beside its switch (C1, C2, E18)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.desk import lists
from core.errors import ControlError
from tests.core.web.pages.daemon import Daemon
from tests.core.web.rig import Pages

GUESSER = "203.0.113.7"


def stored(pages: Pages) -> dict[str, Any]:
    """The server's own settings."""
    return dict(pages.parts.store.settings.all().get(("server", ""), {}))


@pytest.fixture
def daemon(pages: Pages) -> Daemon:
    """One that asks the lists."""

    def test(address: str) -> dict[str, Any]:
        if address == "nonsense":
            raise ControlError("'nonsense' is no address")
        listed = {"listed": True, "entry": address, "problem": ""}
        return {
            "address": address,
            "local": address == "127.0.0.1",
            "lists": []
            if address == "127.0.0.1"
            else [{"name": "cins", "label": "CINS", **listed}],
        }

    return Daemon(pages, list_test=test, status=lambda: {"sources": []}, reload=dict)


@pytest.mark.usefixtures("daemon")
def test_every_list_is_there_with_its_terms(pages: Pages) -> None:
    text = pages.admin.get("/attackers/lists").text
    for line in lists.overview(pages.parts.desk("root")):
        assert line.label in text
        assert f'value="{line.name}"' in text or line.setting == "network.attacker"


@pytest.mark.usefixtures("daemon")
def test_a_list_is_switched_with_undo(pages: Pages) -> None:
    answer = pages.admin.post("/attackers/lists/switch", list="cins", mode="watch")
    assert stored(pages)["lists.cins"] == "watch"
    assert "Undo" in pages.admin.follow(answer).text
    again = pages.admin.post("/attackers/lists/switch", list="cins", mode="watch")
    assert "It was so already." in pages.admin.follow(again).text


@pytest.mark.usefixtures("daemon")
@pytest.mark.parametrize(
    ("name", "mode"), [("cins", "arm"), ("nothing", "watch"), ("spamhaus_drop", "off"), ("", "")]
)
def test_nonsense_switches_nothing(pages: Pages, name: str, mode: str) -> None:
    answer = pages.admin.post("/attackers/lists/switch", list=name, mode=mode)
    assert pages.admin.follow(answer).status_code == 200
    assert stored(pages) == {}


@pytest.mark.usefixtures("daemon")
def test_a_list_that_watches_says_what_it_would_have_done(pages: Pages) -> None:
    """data_sources 3.4: armed only after a preview; right passwords stand out."""
    pages.parts.store.settings.change(("server", ""), {"lists.cins": "watch"}, "root", 1.0)
    day = int(time.time() // 86_400)
    pages.parts.store.list_hits.add({(day, "cins"): (3, 40)})
    text = pages.admin.get("/attackers/lists").text
    assert "43 logins" in text
    assert "40 with a wrong password" in text
    assert "3 with the right one" in text


@pytest.mark.usefixtures("daemon")
@pytest.mark.parametrize(
    ("address", "said"),
    [(GUESSER, "listed"), ("127.0.0.1", "near"), ("nonsense", "is no address")],
)
def test_lists_are_asked_about_somebody(pages: Pages, address: str, said: str) -> None:
    assert said in pages.admin.get("/attackers/lists", q=address).text


@pytest.mark.usefixtures("daemon")
def test_a_key_is_kept_and_never_shown(pages: Pages) -> None:
    pages.admin.post(
        "/attackers/lists", {"field": "lists-spamrats_key", "lists-spamrats_key": "k3y-of-ours"}
    )
    assert stored(pages)["lists.spamrats_key"] == "k3y-of-ours"
    assert "k3y-of-ours" not in pages.admin.get("/attackers/lists").text
