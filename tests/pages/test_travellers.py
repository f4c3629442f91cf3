"""Somebody travels: from the refusal to the pass, and back again (A17)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from core.store.event import Event
from core.words import Reason, Service, Stage, Verdict
from tests.pages.accessibility import assert_accessible
from tests.pages.journey import follow

if TYPE_CHECKING:
    from tests.pages.shown import Shown

pytestmark = pytest.mark.lab

BOB = ("mailbox", "bob@alpha.example")


def test_refused_mailbox_gets_a_pass_that_is_ended_and_given_back(shown: Shown) -> None:
    now = time.time()
    store = shown.pages.parts.store
    store.write(
        [
            Event(
                at=now - 600,
                last=now - 600,
                stage=Stage.AUTH,
                service=Service.IMAPS,
                verdict=Verdict.DENY,
                reason=Reason.COUNTRY,
                count=40,
                account="bob@alpha.example",
                domain="alpha.example",
                address="203.0.113.7",
                country="TH",
            )
        ]
    )
    frame = shown.visit("/overview", who="anna")
    expect(frame.get_by_text("bob@alpha.example was refused 40 times today")).to_be_visible()
    follow(frame, frame.get_by_role("link", name="It is me: give a pass"))
    expect(frame.get_by_label("Who travels")).to_have_value("bob@alpha.example")
    expect(frame.get_by_label("Country", exact=True)).to_have_value("TH")
    frame.get_by_label("a week").check()
    frame.get_by_label("Why").fill("holiday")
    follow(frame, frame.get_by_role("button", name="Give the pass"))
    status = frame.get_by_role("status").first
    expect(status).to_contain_text("Thailand is open until")
    assert shown.route(frame) == "/travellers"
    (stored,) = store.settings.all()[BOB]["country.passes"]
    assert (stored["country"], stored["comment"]) == ("TH", "holiday")
    assert_accessible(frame, within=".mw")
    follow(frame, frame.get_by_role("button", name="End now"))
    expect(status).to_contain_text("Thailand is closed again")
    assert BOB not in store.settings.all()
    follow(frame, frame.get_by_role("button", name="Undo"))
    expect(frame.get_by_role("status").first).to_contain_text("Taken back")
    assert store.settings.all()[BOB]["country.passes"] == [stored]


@pytest.mark.parametrize("shown", ["alone", "frame"], indirect=True)
def test_filling_a_field_means_it(shown: Shown) -> None:
    frame = shown.visit("/travellers", who="anna")
    frame.get_by_role("textbox", name="Address or network").fill("203.0.113.7")
    expect(frame.get_by_role("radio", name="an address or network")).to_be_checked()
    frame.get_by_label("Country", exact=True).select_option("TH")
    expect(frame.get_by_role("radio", name="a country")).to_be_checked()
    frame.get_by_label("Last day").fill("2030-01-01")
    expect(frame.get_by_role("radio", name="until a day")).to_be_checked()
