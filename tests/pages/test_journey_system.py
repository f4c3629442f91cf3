"""The administrator takes all settings along, and lets a program in."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from playwright.sync_api import expect

from tests.pages.journey import IN_THREE_WAYS, follow, told
from tests.pages.serving import serving

if TYPE_CHECKING:
    from tests.pages.shown import Shown

pytestmark = pytest.mark.lab

SERVER = ("server", "")


@IN_THREE_WAYS
def test_settings_go_out_come_in_changed_and_are_taken_back(shown: Shown, tmp_path: Path) -> None:
    """E20, E21"""
    store = shown.pages.parts.store
    before = {"send.limit": 200, "text.contact": "Zoë <help@a.example>"}
    store.settings.change(SERVER, before, "root", 1.0)
    frame = shown.visit("/system/exchange")
    with frame.page.expect_download() as awaited:
        frame.get_by_role("button", name="Download").click()
    document = json.loads(Path(awaited.value.path()).read_text())
    (scope,) = document["scopes"]
    assert scope["values"] == before
    scope["values"] = {"send.limit": 99, "text.contact": before["text.contact"]}
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(document))
    frame.get_by_label("File").set_input_files(file)
    frame.get_by_label("Why (for the audit trail)").fill("spring")
    follow(frame, frame.get_by_role("button", name="Show what would change"))
    expect(frame.get_by_role("table", name="Differences").locator("tbody tr")).to_contain_text("99")
    follow(frame, frame.get_by_role("button", name="Make 1 change"))
    expect(told(frame)).to_contain_text("1 setting changed.")
    assert store.settings.all()[SERVER]["send.limit"] == 99
    line = frame.locator(".mwsy-trail > li").first
    expect(line).to_contain_text("“spring”")
    expect(line).to_contain_text("root")
    follow(frame, line.get_by_role("button", name="Undo"))
    expect(told(frame)).to_contain_text("1 change taken back.")
    assert store.settings.all() == {SERVER: before}
    assert shown.route(frame) == "/system/audit"


@IN_THREE_WAYS
def test_a_token_lets_a_program_in_until_it_is_taken_back(shown: Shown) -> None:
    """E22: the program sees what its role sees, and nothing once the token is gone."""
    frame = shown.visit("/system/tokens")
    frame.get_by_label("What it is for").fill("portal")
    frame.get_by_label("What it may").select_option("customer")
    frame.get_by_label("In whose place").fill("anna")
    follow(frame, frame.get_by_role("button", name="Make the token"))
    secret = frame.locator("#secret").inner_text()
    follow(frame, frame.get_by_role("link", name="I have it"))
    expect(frame.locator("#secret")).to_have_count(0)
    bearer = {"Authorization": f"Bearer {secret}"}
    with serving(shown.pages.app) as address:
        answer = requests.get(f"{address}/api/v1/me", headers=bearer, timeout=10)
        assert (answer.status_code, answer.json()["login"]) == (HTTPStatus.OK, "anna")
        frame.page.once("dialog", lambda dialog: dialog.accept())
        follow(
            frame, frame.get_by_role("row", name="portal").get_by_role("button", name="Take back")
        )
        expect(frame.get_by_role("button", name="Take back")).to_have_count(0)
        answer = requests.get(f"{address}/api/v1/me", headers=bearer, timeout=10)
        assert answer.status_code == HTTPStatus.UNAUTHORIZED
