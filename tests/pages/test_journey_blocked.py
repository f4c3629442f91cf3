"""An account is blocked by the daemon that really runs, and the administrator releases it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.daemon.running import RunningDaemon
from tests.daemon.wires import YES
from tests.pages.journey import IN_THREE_WAYS, follow, open_menu, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.web.rig import Pages
    from tests.pages.shown import Shown

pytestmark = pytest.mark.lab

BOB = "bob@alpha.example"


@pytest.fixture
def daemon(pages: Pages) -> Iterator[RunningDaemon]:
    """The daemon of the pages: it permits three mails."""
    root = pages.config.state.parent
    with RunningDaemon(root, {"send.limit": 3, "notify.address": "root@a.example"}) as running:
        yield running


@IN_THREE_WAYS
def test_a_blocked_account_may_send_again(daemon: RunningDaemon, shown: Shown) -> None:
    """B6, B3"""
    answers = [daemon.mail(BOB) for _ in range(4)]
    assert answers[:3] == [YES] * 3
    assert answers[3] != YES
    frame = shown.visit("/dashboard")
    expect(frame.locator(".mw-blocked")).to_contain_text(BOB)
    open_menu(frame, "Send limits")
    row = frame.get_by_role("row", name=BOB)
    expect(row).to_contain_text("5 h 59 min")
    frame.page.once("dialog", lambda dialog: dialog.accept())
    follow(frame, row.get_by_role("button", name="Release"))
    expect(told(frame)).to_contain_text(BOB)
    expect(frame.get_by_text("Nobody is blocked.")).to_be_visible()
    assert shown.route(frame) == "/limits"
    assert daemon.blocked() == {}
    assert daemon.mail(BOB) == YES
    follow(frame, frame.get_by_role("link", name="History"))
    expect(frame.get_by_role("row", name=BOB)).to_contain_text("root")
