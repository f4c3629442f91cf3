"""Attackers, stolen mailboxes and lists: people act on what was found out (A9, A18, A19, D13)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from core.settings.scope import SERVER_SCOPE
from core.store.attacker import Attacker
from core.store.list_hits import DAY
from core.store.signal import NotedSignal
from core.words import SignalKind
from tests.daemon.running import RunningDaemon
from tests.daemon.wires import YES
from tests.pages.accessibility import assert_accessible
from tests.pages.journey import IN_THREE_WAYS, follow, open_menu, told, undo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.core.web.rig import Pages
    from tests.pages.shown import Shown

pytestmark = pytest.mark.lab

BOB = "bob@alpha.example"
OFFICE = "203.0.113.7"


@pytest.fixture
def daemon(pages: Pages) -> Iterator[RunningDaemon]:
    """One that starts when an office is taken for an attacker, and a mailbox looks stolen."""
    now = time.time()
    store = pages.parts.store
    office = Attacker(
        place=OFFICE,
        kind="address",
        since=now - 600,
        until=now + 80_000,
        times=1,
        evidence="tried 14 accounts in 6 minutes, last at 03:12 UTC",
    )
    store.attackers.seen([office])
    seen = NotedSignal(
        at=now - 600,
        last=now - 60,
        account=BOB,
        kind=SignalKind.COUNTRIES,
        evidence="logins from 2 countries within 24 hours: Germany, Nigeria",
        countries=("NG",),
        action="informed",
        told=now,
    )
    store.signals.note(seen)
    root = pages.config.state.parent
    with RunningDaemon(root, {"notify.address": "root@a.example"}) as running:
        yield running


@IN_THREE_WAYS
@pytest.mark.usefixtures("daemon")
def test_an_office_that_looked_like_an_attacker_may_try_again(shown: Shown) -> None:
    """D13: from the address that a caller names to the way out."""
    frame = shown.visit("/dashboard")
    follow(frame, frame.get_by_role("link", name="1 attacker is kept out now"))
    frame.get_by_label("Address or network").fill(OFFICE)
    follow(frame, frame.get_by_role("button", name="Search"))
    card = frame.get_by_role("region", name="Is somebody refused?")
    expect(card).to_contain_text("tried 14 accounts")
    assert_accessible(frame, within=".mw")
    follow(frame, card.get_by_role("button", name="Let pass"))
    expect(told(frame)).to_contain_text(f"{OFFICE} may try again")
    expect(frame.get_by_text("Nobody is refused as an attacker now.")).to_be_visible()
    follow(frame, frame.get_by_role("link", name="History"))
    row = frame.get_by_role("row", name=OFFICE)
    expect(row).to_contain_text("let pass")
    expect(row).to_contain_text("root")


@IN_THREE_WAYS
def test_an_owner_comes_from_the_mail_and_locks_the_mailbox(
    daemon: RunningDaemon, shown: Shown, pages: Pages
) -> None:
    """A19: the mail's link leads to the page that acts."""
    assert daemon.mail(BOB) == YES
    frame = shown.visit(f"/stolen?account={BOB}", who="anna", width=360)
    card = frame.get_by_role("region", name=BOB)
    expect(card).to_contain_text("logins from many countries")
    expect(card).to_contain_text("Nigeria")
    card.get_by_label("How long").select_option("6 hours")
    follow(frame, card.get_by_role("button", name="Lock: stop its mails now"))
    expect(told(frame)).to_contain_text(f"{BOB} may not send for 6 hours")
    expect(frame.get_by_role("region", name=BOB)).to_contain_text("may not send now")
    assert daemon.mail(BOB) != YES
    frame.page.once("dialog", lambda dialog: dialog.accept())
    follow(frame, frame.get_by_role("button", name="It was the owner"))
    expect(frame.get_by_text("No mailbox looks stolen.")).to_be_visible()
    assert daemon.mail(BOB) != YES, "whoever locked it by hand ends it by hand"
    assert shown.route(frame) == "/stolen"


@IN_THREE_WAYS
def test_a_list_is_armed_after_looking_at_what_it_would_have_done(
    shown: Shown, pages: Pages
) -> None:
    """A18: nobody arms a list blindly, and one click takes it back."""
    pages.parts.store.list_hits.add({(int(time.time() // DAY), "blocklist_de"): (1, 45)})
    frame = shown.visit("/dashboard")
    open_menu(frame, "Attackers")
    follow(frame, frame.get_by_role("link", name="Lists", exact=True))
    follow(frame, frame.get_by_role("button", name="blocklist.de: watch only"))
    used = frame.get_by_role("region", name="In use", exact=True)
    expect(used).to_contain_text("it would have stopped 46 logins")
    expect(used).to_contain_text("1 with the right one, perhaps a customer")
    follow(frame, frame.get_by_role("button", name="blocklist.de: refuse"))
    assert _mode(pages) == "refuse"
    expect(frame.get_by_role("button", name="blocklist.de: refuse")).to_have_count(0)
    undo(frame)
    assert _mode(pages) == "watch"
    assert shown.route(frame) == "/attackers"


def _mode(pages: Pages) -> str:
    return str(pages.parts.desk("x").rules().resolved.of(SERVER_SCOPE).lists.blocklist_de)
