"""The administrator helps somebody who was refused; and brings a list of exemptions along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import FilePayload, expect

from core.words import Stage
from tests.core.web.pages.explained import furnish, only_austria
from tests.pages.journey import IN_THREE_WAYS, REFUSED, follow, happened, open_menu, told

if TYPE_CHECKING:
    from tests.pages.shown import Shown

pytestmark = pytest.mark.lab

ADDRESS = REFUSED["address"]


@IN_THREE_WAYS
def test_a_refusal_is_found_explained_and_cured(shown: Shown) -> None:
    """A4, D5, E15: the same question is answered otherwise afterwards."""
    furnish(shown.pages)
    only_austria(shown.pages)
    happened(shown.pages, REFUSED, stage=Stage.CONNECT, account="", domain="")
    frame = shown.visit("/dashboard")
    open_menu(frame, "Log")
    follow(frame, frame.get_by_role("link", name="Only refusals"))
    row = frame.locator("#mwlog-lines > tr", has_text=ADDRESS)
    expect(row).to_contain_text("Russia")
    follow(frame, row.get_by_role("link", name="Explain"))
    expect(frame.get_by_role("heading", name="Refused: before the password")).to_be_visible()
    asked = frame.url
    follow(frame, frame.get_by_role("link", name=f"Exempt {ADDRESS}"))
    form = frame.locator("#add-form")
    expect(form.get_by_label("Who is exempt")).to_have_value(ADDRESS)
    form.get_by_label("Comment").fill("the customer's office in Kazan")
    follow(frame, form.get_by_role("button", name="Exempt"))
    expect(told(frame)).to_contain_text(f"Exempt now: {ADDRESS}")
    frame.goto(asked)
    expect(frame.get_by_role("heading", name="Refused: before the password")).to_have_count(0)
    expect(frame.locator("#outlook")).to_contain_text("Allowed")
    (entry,) = shown.pages.parts.store.settings.all()["server", ""]["exempt.addresses"]
    assert (entry["entry"], entry["comment"]) == (ADDRESS, "the customer's office in Kazan")


@IN_THREE_WAYS
def test_a_list_is_mended_imported_and_taken_along(shown: Shown) -> None:
    """A11: one line is wrong, and is set right before anything is changed."""
    frame = shown.visit("/exemptions")
    follow(frame, frame.get_by_role("link", name="Import"))
    listed = b'192.0.2.0/24,office\nhttp://nonsense,\n2001:db8::/48,"branch, Bern"\n'
    file = FilePayload(name="list.csv", mimeType="text/csv", buffer=listed)
    frame.get_by_label("From a file").set_input_files(file)
    entries = frame.get_by_role("textbox", name="Entries", exact=True)
    expect(entries).to_have_value(listed.decode())
    follow(frame, frame.get_by_role("button", name="Look first"))
    expect(frame.get_by_role("table", name="Wrong lines").locator("tbody tr")).to_contain_text("2")
    assert shown.pages.parts.store.settings.all() == {}
    entries.fill(listed.decode().replace("http://nonsense", "198.51.100.9"))
    follow(frame, frame.get_by_role("button", name="Look first"))
    expect(frame.get_by_role("table", name="Wrong lines")).to_have_count(0)
    follow(frame, frame.get_by_role("button", name="Import 3 entries"))
    expect(told(frame)).to_contain_text("3 entries imported")
    with frame.page.expect_download() as awaited:
        frame.get_by_role("link", name="CSV").click()
    exported = Path(awaited.value.path()).read_text()
    assert '2001:db8::/48,"branch, Bern"' in exported
    assert exported.count("\n") >= 3
    assert shown.route(frame).partition("?")[0] == "/exemptions"
