"""The dashboard, in good times and in bad ones."""

from __future__ import annotations

import html
import re
import time
from typing import Any

import pytest

from core.errors import DaemonUnreachable, StoreError
from core.store.audit import StoredScope
from core.store.ledger import Ledger
from core.web.pages.dashboard_glimpse import SECONDS
from core.web.parts import Parts
from tests.core.desk import samples
from tests.core.desk.mail_hook import Hook
from tests.core.desk.office import daemon_at
from tests.core.web.pages.came import a_month, event
from tests.core.web.pages.daemon import Daemon, standing
from tests.core.web.rig import Pages

SERVER: StoredScope = ("server", "")
BOB = "bob@alpha.example"


def _set(pages: Pages, scope: StoredScope, values: dict[str, Any]) -> None:
    pages.parts.store.settings.change(scope, values, "somebody", time.time())


@pytest.fixture
def busy(pages: Pages) -> Pages:
    """Pages with a month behind them."""
    a_month(pages.parts.store)
    return pages


@pytest.fixture
def blocked(pages: Pages) -> Pages:
    """Pages of a server whose ledger holds one block; no daemon runs."""
    ledger = Ledger.open(pages.config.state / "ledger", now=time.time())
    ledger.block(samples.block(BOB, time.time() - 60))
    ledger.close()
    return pages


def test_it_is_the_administrators(pages: Pages) -> None:
    """E4: also the part that scripts ask for."""
    for path in ("/dashboard", "/dashboard/live"):
        assert pages.reseller.get(path).status_code == 403
        assert pages.customer.get(path).status_code == 403
        assert pages.stranger.get(path).status_code == 401


def test_nothing_yet_says_how_to_begin(pages: Pages) -> None:
    """D8: the first-run state."""
    text = pages.admin.get("/dashboard").text
    assert "Nothing has happened yet" in text
    for page in ("/system", "/limits", "/countries"):
        assert f'href="{page}"' in text
    assert "The last 24 hours" not in text


def test_a_daemon_that_runs_is_shown(busy: Pages) -> None:
    """D8: guarding, with the numbers of a day."""
    _set(busy, SERVER, {"notify.address": "karin@alpha.example"})
    with daemon_at(
        busy.config.control,
        {
            "status": lambda _: samples.status(),
            "blocks": lambda _: {"blocked": [], "near": []},
        },
    ):
        text = busy.admin.get("/dashboard").text
    assert "Mailward is guarding" in text
    assert "No account is blocked." in text
    assert re.search(r"533</a></span>\s*<span[^>]*>allowed", text)
    assert re.search(r"920</a></span>\s*<span[^>]*>refused", text)
    assert "Russia" in text


def test_a_daemon_that_is_down_is_told(busy: Pages) -> None:
    """D8: red, and everything else is there."""
    text = busy.admin.get("/dashboard").text
    assert "Mailward is not guarding: the daemon does not run" in text
    assert "The last 24 hours" in text


def test_a_daemon_that_hangs_is_waited_for_once(blocked: Pages) -> None:
    """D8: its silence costs seconds; what stands is read from the disk."""

    def hang() -> None:
        raise DaemonUnreachable("no answer in time")

    daemon = Daemon(blocked, status=hang, blocks=hang)
    text = blocked.admin.get("/dashboard").text
    assert "the daemon does not run" in text
    assert BOB in text
    assert [verb for verb, _ in daemon.asked] == ["status"]


def test_a_store_that_is_away_is_told(busy: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """D8: the page comes all the same, without what only the store knows."""

    def away(_: Parts) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Parts, "store", property(away))
    answer = busy.admin.get("/dashboard")
    assert answer.status_code == 200
    assert "The disk is full" in answer.text
    assert "The last 24 hours" not in answer.text
    assert busy.admin.get("/dashboard/live").status_code == 200


def test_what_takes_a_while_is_looked_at_when_asked(
    busy: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first page does not wait; its script or a click shows the rest, and then it stays."""
    busy.panel.hooks_here = [Hook("postfix")]
    first = busy.admin.get("/dashboard").text
    assert "data-now" in first
    assert 'href="/dashboard?look=1"' in first
    assert "203.0.113.7" not in first
    live = busy.admin.get("/dashboard/live").text
    assert "203.0.113.7" in live
    assert "postfix: in place" in live
    assert "<html" not in live
    again = busy.admin.get("/dashboard").text
    assert "data-now" not in again
    assert "203.0.113.7" in again
    monkeypatch.setattr(busy.parts, "clock", lambda: time.time() + SECONDS)
    assert "data-now" in busy.admin.get("/dashboard").text


def test_a_blocked_account_is_released(blocked: Pages) -> None:
    """B4: with what is left of it, also while the daemon is down."""
    text = blocked.admin.get("/dashboard").text
    assert BOB in text
    assert re.search(r"5 h 5\d min left", text)
    answer = blocked.admin.post("/dashboard/release", account=BOB)
    told = blocked.admin.follow(answer).text
    assert f"{BOB} may send again." in told
    assert BOB not in blocked.admin.get("/dashboard").text
    again = blocked.admin.follow(blocked.admin.post("/dashboard/release", account=BOB))
    assert "was not blocked any more" in again.text


def test_the_daemon_releases_where_it_runs(pages: Pages) -> None:
    """B4: under the name of who did it."""
    answers = {"release": lambda _: {"released": True}, "status": lambda _: samples.status()}
    with daemon_at(pages.config.control, answers) as asked:
        pages.admin.post("/dashboard/release", account=f" {BOB.upper()}")
    (release,) = [each for each in asked if each["do"] == "release"]
    assert (release["account"], release["by"]) == (BOB, "root (admin)")


def test_a_daemon_that_refuses_is_told(pages: Pages) -> None:
    """And the page is there."""
    with daemon_at(pages.config.control, {"status": lambda _: samples.status()}):
        answer = pages.admin.post("/dashboard/release", account=BOB)
        assert "no verb" in html.unescape(pages.admin.follow(answer).text)


def test_a_decision_is_made_with_one_click(pages: Pages) -> None:
    """A17: open the traveller's country at the server, and it is no longer asked."""
    until = round(time.time() + 9 * 86_400)
    _set(
        pages,
        SERVER,
        {"country.mode": "allow", "country.list": ["DE"], "country.server": "DE"},
    )
    _set(pages, ("mailbox", BOB), {"country.passes": [{"country": "TH", "expires": until}]})
    text = pages.admin.get("/dashboard").text
    assert "A traveller pass for Thailand does not help" in text
    (key,) = re.findall(r'name="key" value="(pass [^"]+)"', text)
    told = pages.admin.follow(pages.admin.post("/dashboard/decide", key=key)).text
    assert "Done: Open Thailand" in told
    assert "does not help" not in told
    (opened,) = pages.parts.store.settings.all()[SERVER]["country.passes"]
    assert (opened["country"], opened["expires"]) == ("TH", until)
    entries = re.findall(r'name="entries" value="([\d,]+)"', told)[0]
    pages.admin.post("/undo", entries=entries)
    assert "country.passes" not in pages.parts.store.settings.all()[SERVER]
    again = pages.admin.follow(pages.admin.post("/dashboard/decide", key="pass FR 1"))
    assert "no longer so" in again.text


def test_a_decision_can_be_put_away_and_fetched_back(pages: Pages) -> None:
    """B6: for this visitor; the state goes on to tell."""
    text = pages.admin.get("/dashboard").text
    (mark,) = re.findall(r'name="mark" value="([^"]+)"', text)
    pages.admin.post("/dashboard/dismiss", mark=mark)
    text = pages.admin.get("/dashboard").text
    assert "Enter an address" not in text
    assert "1 is put away." in text
    pages.admin.post("/dashboard/dismiss")
    assert "Enter an address" in pages.admin.get("/dashboard").text


@pytest.mark.parametrize(
    ("path", "fields"),
    [("release", {}), ("dismiss", {"mark": "<b>abc"}), ("dismiss", {"mark": "abcdef0"})],
)
def test_nonsense_is_refused(pages: Pages, path: str, fields: dict[str, str]) -> None:
    """E20."""
    assert pages.admin.post(f"/dashboard/{path}", fields).status_code == 400


@pytest.mark.parametrize("path", ["release", "decide", "dismiss"])
def test_changes_need_a_token_and_an_administrator(blocked: Pages, path: str) -> None:
    """E20: and nobody is released by a link."""
    body = f"account={BOB}".encode()
    assert blocked.admin.send("POST", f"/dashboard/{path}", body).status_code == 400
    assert blocked.reseller.post(f"/dashboard/{path}", account=BOB).status_code == 403
    assert blocked.admin.get(f"/dashboard/{path}", account=BOB).status_code == 405
    assert BOB in blocked.admin.get("/dashboard").text


def test_hostile_names_are_text(pages: Pages) -> None:
    """A mailbox, and what a daemon says, may be anything."""
    name = "<img src=x onerror=alert(1)>@alpha.example"
    pages.parts.store.record([event(1, account=name)])
    problems = {"store": "<b>100%</b> %(x)s"}
    blocks = standing(name)
    blocks["blocked"][0]["evidence"] = "<i>"
    with daemon_at(
        pages.config.control,
        {"status": lambda _: samples.status(problems=problems), "blocks": lambda _: blocks},
    ):
        text = pages.admin.get("/dashboard").text
    assert "<img" not in text
    assert "<b>" not in text
    assert "<i>" not in text
    assert html.escape("<b>100%</b> %(x)s") in text


def test_it_works_with_the_route_in_a_parameter(busy: Pages) -> None:
    """E1: also what its script asks for."""
    admin = busy.visitor("admin", "root", prefix="/panel/page.php", parameter="r")
    text = admin.get("/panel/page.php?r=/dashboard").text
    assert 'data-live="/panel/page.php?r=%2Fdashboard%2Flive"' in text
    for address in re.findall(r'(?:href|action)="([^"#]+)"', text):
        assert address.startswith("/panel/page.php"), address
    assert admin.get("/panel/page.php?r=/dashboard/live").status_code == 200
