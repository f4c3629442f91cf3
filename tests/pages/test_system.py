"""Explain and the system page in a browser, in every way panels show them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from core.desk.update import Updated
from core.sources.progress import UpdateResult
from tests.core.web.pages.explained import REFUSED, furnish, only_austria
from tests.pages.accessibility import assert_accessible
from tests.pages.browser import NARROW, WIDE
from tests.pages.journey import follow

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pages.shown import Shown

pytestmark = pytest.mark.lab

ALONE = pytest.mark.parametrize("shown", ["alone"], indirect=True)


def test_a_refusal_is_explained_and_leads_to_what_helps(shown: Shown) -> None:
    """E15: by the form, whose route must survive; then with everything filled in."""
    furnish(shown.pages)
    only_austria(shown.pages)
    frame = shown.visit("/explain")
    frame.get_by_label("Address").fill(REFUSED)
    frame.get_by_label("Account").fill("bob@alpha.example")
    frame.get_by_label("Connects to").select_option("993")
    follow(frame, frame.get_by_role("button", name="Explain"))
    expect(frame.get_by_role("heading", name="Refused: before the password")).to_be_visible()
    assert shown.route(frame) == "/explain"
    follow(frame, frame.get_by_role("link", name=f"Exempt {REFUSED}"))
    expect(frame.get_by_role("heading", name="Exemptions", level=1)).to_be_visible()
    expect(frame.locator(f"[value='{REFUSED}']").first).to_be_attached()
    assert shown.route(frame) == "/exemptions"


def test_an_update_is_watched_until_it_is_done(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D9: without a reload by hand."""
    furnish(shown.pages)
    go_on = threading.Event()

    def slow(_: object, progress: object = None, **__: object) -> Updated:
        progress.plan(("country", "tor"))  # type: ignore[attr-defined]  # the job's own
        go_on.wait(20)
        progress.end(UpdateResult("country", "updated", "fine"))  # type: ignore[attr-defined]  # likewise
        return Updated(())

    monkeypatch.setattr("core.web.pages.system_data.desk_update.update", slow)
    frame = shown.visit("/system/data")
    follow(frame, frame.get_by_role("button", name="Update now"))
    expect(frame.locator("#job")).to_contain_text("Fetching")
    go_on.set()
    expect(frame.get_by_role("button", name="Update now")).to_be_visible(timeout=15_000)
    expect(frame.locator("#job")).to_contain_text("fine")
    assert shown.route(frame) == "/system/data"


def test_settings_go_out_and_in_by_a_file(shown: Shown, tmp_path: Path) -> None:
    """E20: what the file says is shown, made, and taken back."""
    document = '{"mailward_settings": 1, "scopes": [{"level": "server", "name": "", '
    file = tmp_path / "settings.json"
    file.write_text(document + '"values": {"send.limit": 77}}]}')
    frame = shown.visit("/system/exchange")
    frame.get_by_label("File").set_input_files(file)
    expect(frame.get_by_role("textbox", name="Document")).to_have_value(file.read_text())
    follow(frame, frame.get_by_role("button", name="Show what would change"))
    follow(frame, frame.get_by_role("button", name="Make 1 change"))
    expect(frame.get_by_role("status").first).to_contain_text("1 setting changed.")
    assert shown.pages.parts.store.settings.all()["server", ""] == {"send.limit": 77}
    assert shown.route(frame) == "/system/audit"
    follow(frame, frame.locator(".mwsy-trail").get_by_role("button", name="Undo"))
    expect(frame.get_by_role("status").first).to_contain_text("1 change taken back.")
    assert shown.pages.parts.store.settings.all() == {}


@ALONE
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_every_part_is_for_everybody(shown: Shown, width: int, dark: bool) -> None:
    """Nothing serious for axe-core; nothing wider than the screen."""
    furnish(shown.pages)
    only_austria(shown.pages)
    shown.pages.admin.post("/system/tokens", name="portal", role="admin", end="never")
    frame = shown.visit("/system", width=width, dark=dark)
    parts = ("", "/data", "/settings", "/licence", "/audit", "/exchange", "/tokens", "/about")
    routes = [f"/system{part}" for part in parts]
    for route in [
        *routes,
        "/system/diagnostics",
        f"/explain?address={REFUSED}&account=bob@alpha.example",
    ]:
        frame.page.goto(shown.address + route)
        assert_accessible(frame.page, within=".mw")
        wide = frame.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, route
