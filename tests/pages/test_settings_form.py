"""Forms for settings and lists of exemptions in a browser: what scripts add, whole journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import FilePayload, expect

from tests.pages.accessibility import assert_accessible
from tests.pages.browser import NARROW, WIDE
from tests.pages.journey import follow

if TYPE_CHECKING:
    from tests.pages.complaints import Complaints
    from tests.pages.shown import Shown

pytestmark = pytest.mark.lab

PLACES = ("/security", "/limits", "/limits/settings", "/limits/of/domain/alpha.example")


@pytest.mark.parametrize("shown", ["alone"], indirect=True)
def test_a_change_ends_inheriting_and_is_taken_back_by_undo(shown: Shown) -> None:
    """E6, E21"""
    frame = shown.visit("/limits/of/domain/alpha.example")
    inherit = frame.get_by_label("Inherit the default: 150 mails")
    expect(inherit).to_be_checked()
    frame.get_by_label("Mails permitted").fill("77")
    expect(inherit).not_to_be_checked()
    follow(frame, frame.get_by_role("button", name="Save"))
    expect(frame.get_by_role("status")).to_contain_text("150 mails → 77 mails")
    assert shown.pages.parts.store.settings.all() == {
        ("domain", "alpha.example"): {"send.limit": 77}
    }
    follow(frame, frame.get_by_role("button", name="Undo"))
    expect(frame.get_by_role("status")).to_contain_text("Taken back")
    assert shown.pages.parts.store.settings.all() == {}


@pytest.mark.parametrize("shown", ["alone"], indirect=True)
def test_a_refusal_is_read_while_it_is_written(shown: Shown, complaints: Complaints) -> None:
    """As text, whatever it is; a fault keeps it."""
    complaints.forgive("status of 422")
    frame = shown.visit("/security")
    frame.get_by_label("Whom to ask").fill("Zoë <b>")
    frame.get_by_label("Country refused").fill("{{no}} {country} {luck} {contact}")
    preview = frame.locator("#text-country .sf-text")
    expect(preview).to_have_text("{no} France {luck} Zoë <b>")
    follow(frame, frame.get_by_role("button", name="Save all changes"))
    expect(frame.locator("#text-country .sf-fault")).to_contain_text("{luck} is unknown")
    expect(frame.get_by_label("Whom to ask")).to_have_value("Zoë <b>")


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("shown", ["alone"], indirect=True)
@pytest.mark.parametrize(("width", "dark"), [(NARROW, True), (WIDE, False)])
def test_forms_shut_nobody_out(shown: Shown, path: str, width: int, dark: bool) -> None:
    frame = shown.visit(path, width=width, dark=dark)
    assert_accessible(frame, within=".mw")


def test_customer_exempts_an_address_and_removes_it_again(shown: Shown) -> None:
    """A11, in every way that panels show the page."""
    frame = shown.visit("/exemptions", who="anna", width=NARROW)
    form = frame.locator("#add-form")
    form.get_by_label("Who is exempt").fill("192.0.2.0/24")
    form.get_by_label("For").fill("alpha.example")
    form.get_by_label("Comment").fill("our office")
    form.get_by_label("Ends").select_option("30")
    follow(frame, form.get_by_role("button", name="Exempt"))
    expect(frame.get_by_role("status").first).to_contain_text("Exempt now: 192.0.2.0/24.")
    assert shown.route(frame).partition("?")[0] == "/exemptions"
    assert_accessible(frame, within=".mw")
    follow(frame, frame.get_by_role("button", name="Remove 192.0.2.0/24"))
    expect(frame.get_by_role("status").first).to_contain_text("1 entry removed.")
    expect(frame.get_by_text("No address is exempt.")).to_be_visible()


@pytest.mark.parametrize("shown", ["alone"], indirect=True)
def test_a_file_is_looked_at_and_imported(shown: Shown) -> None:
    """E16: the script puts the file into the form, which is no multipart."""
    frame = shown.visit("/exemptions/import")
    file = FilePayload(name="a.lst", mimeType="text/plain", buffer=b"192.0.2.1\nnonsense\n")
    frame.get_by_label("From a file").set_input_files(file)
    expect(frame.get_by_label("Entries", exact=True)).to_have_value("192.0.2.1\nnonsense\n")
    follow(frame, frame.get_by_role("button", name="Look first"))
    expect(frame.get_by_role("cell", name="nonsense")).to_be_visible()
    assert_accessible(frame, within=".mw")
    follow(frame, frame.get_by_role("button", name="Import the good lines"))
    expect(frame.get_by_role("status").first).to_contain_text("1 entry imported.")
