"""Files that people choose in the pages inside Plesk's frame: what is in them arrives, all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Dialog, FilePayload, expect

from tests.pages.journey import follow, told
from tests.plesk.visitor import visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Frame, Page

    from tests.plesk.double.server import PleskServer

pytestmark = pytest.mark.lab

AWKWARD = 'Büro "Süd" 100% + 1 & 2; a=b <c> 東京'
"""What forms, addresses and PHP each treat in ways of their own."""


def payload(name: str, text: str) -> FilePayload:
    """A file to choose."""
    return FilePayload(name=name, mimeType="text/plain", buffer=text.encode())


def opened(frame: Frame, route: str) -> Frame:
    """Another page in the frame."""
    prefix = frame.url.split("/page", 1)[0] + "/page"
    frame.goto(prefix + route)
    return frame


@pytest.fixture(autouse=True)
def put_back(installed: PleskServer) -> Iterator[None]:
    """The settings as they were."""
    before = installed.mailward("export").stdout
    yield
    kept = installed.machine.path("/root/before.json")
    kept.write_text(before)
    installed.mailward("import", "--yes", "/root/before.json")
    kept.unlink()


@pytest.mark.proves("customers")
def test_a_list_of_a_thousand_lines(installed: PleskServer, open_page: Callable[..., Page]) -> None:
    """E16: a customer's own exempt addresses, with comments that every layer would bend."""
    lines = [f'192.0.2.{n % 256},"{AWKWARD.replace(chr(34), chr(34) * 2)} {n}"' for n in range(256)]
    frame = opened(visit(open_page(), installed, "anna"), "/exemptions/import")
    frame.get_by_label("For", exact=True).fill("example.test")
    file = payload("list.csv", "\r\n".join(lines) + "\r\n")
    frame.get_by_label("From a file").set_input_files(file)
    expect(frame.get_by_label("Entries", exact=True)).to_have_value("\n".join(lines) + "\n")
    follow(frame, frame.get_by_role("button", name="Look first"))
    follow(frame, frame.get_by_role("button", name="Import 256 entries"))
    expect(told(frame)).to_contain_text("256 entries imported")
    listed = installed.mailward("exempt", "list", "--domain", "example.test", "--json").stdout
    found = {each["entry"]: each["comment"] for each in json.loads(listed)}
    assert found == {f"192.0.2.{n}": f"{AWKWARD} {n}" for n in range(256)}


@pytest.mark.proves("admin")
def test_settings_go_out_and_come_back(
    installed: PleskServer, open_page: Callable[..., Page]
) -> None:
    """E16: the administrator's document, through a file; nothing in it is changed on the way."""
    before = installed.mailward("export").stdout
    installed.mailward("set", "send.limit", "77")
    frame = opened(visit(open_page(), installed, "admin"), "/system/exchange")
    frame.get_by_label("File", exact=True).set_input_files(payload("settings.json", before))
    expect(frame.get_by_label("Document", exact=True)).to_have_value(before)
    follow(frame, frame.get_by_role("button", name="Show what would change"))
    expect(frame.get_by_role("cell", name="77 mails")).to_be_visible()
    follow(frame, frame.get_by_role("button", name="Make 1 change"))
    assert installed.mailward("export").stdout == before


def test_a_file_that_is_too_large_is_not_even_sent(
    installed: PleskServer, open_page: Callable[..., Page]
) -> None:
    """Also one whose letters become three times as many on the way."""
    page = open_page()
    said: list[str] = []

    def heard(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.accept()

    page.on("dialog", heard)
    frame = opened(visit(page, installed, "anna"), "/exemptions/import")
    chooser = frame.get_by_label("From a file")
    for text in ("x" * 2_000_000, "ж" * 400_000):
        with page.expect_event("dialog"):
            chooser.set_input_files(payload("large.csv", text))
    assert said == ["The file is too large: at most 1 MB."] * 2
    expect(frame.get_by_label("Entries", exact=True)).to_have_value("")
