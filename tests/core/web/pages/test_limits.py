"""The pages of send limits (B1 to B9)."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.desk import trial_notice
from core.desk.trial_notice import SentNotice
from core.errors import NoticeError
from core.store.block import Block
from core.store.ledger import Ledger
from tests.core.web.forms import filled
from tests.core.web.pages.daemon import Daemon, standing
from tests.core.web.rig import Pages

BOB, DORA = "bob@alpha.example", "dora@delta.example"
SERVER, DOMAIN = ("server", ""), ("domain", "alpha.example")


@pytest.fixture
def daemon(pages: Pages) -> Daemon:
    """One that knows two blocked accounts and releases one."""
    return Daemon(
        pages,
        blocks=lambda: standing(
            BOB, DORA, "nobody", near={"eve@alpha.example": 20, "x@y.example": 120}
        ),
        release=lambda account, by: {"released": account != DORA},
        reload=lambda: {"problems": []},
        status=dict,
    )


def _set(pages: Pages, scope: tuple[str, str], **values: Any) -> None:
    named = {name.replace("_", ".", 1): value for name, value in values.items()}
    pages.parts.store.settings.change(scope, named, "somebody", 1.0)


def _sent(page: str, **changes: Any) -> list[tuple[str, str]]:
    return list(filled(page, **changes).items(multi=True))


@pytest.mark.parametrize("person", ["reseller", "customer"])
@pytest.mark.parametrize(
    "path",
    [
        *("/limits", "/limits/settings", "/limits/exceptions", "/limits/history"),
        "/limits/of/domain/alpha.example",
    ],
)
def test_only_the_administrator(pages: Pages, person: str, path: str) -> None:
    """E22"""
    assert getattr(pages, person).get(path).status_code == 403


@pytest.mark.parametrize("path", ["release", "settings", "test", "exceptions"])
def test_only_the_administrator_changes_anything(pages: Pages, path: str) -> None:
    """E22: the owner of a stolen mailbox must not lift its limit."""
    assert pages.reseller.post(f"/limits/{path}", account=BOB).status_code == 403
    assert pages.customer.post("/limits/of/mailbox/" + BOB).status_code == 403


@pytest.mark.usefixtures("daemon")
def test_blocked_accounts_with_what_happened_and_what_is_left(pages: Pages) -> None:
    """B6"""
    text = pages.admin.get("/limits").text
    assert BOB in text
    assert "3 h 05 min" in text
    assert "151 mails within 5 minutes" in text


@pytest.mark.usefixtures("daemon")
def test_near_the_limit_is_measured_by_each_accounts_own(pages: Pages) -> None:
    """B8: 20 of 20 is nearer than 120 of 150."""
    _set(pages, DOMAIN, send_limit=20)
    text = pages.admin.get("/limits").text
    assert text.index("20 of 20") < text.index("120 of 150")


def test_one_and_several_are_released(pages: Pages, daemon: Daemon) -> None:
    """B6: an account without a domain too; what the daemon does not release is told."""
    answer = pages.admin.post("/limits/release", [("only", BOB), ("account", DORA)])
    assert f"{BOB} may send again." in pages.admin.follow(answer).text
    answer = pages.admin.post("/limits/release", account=[BOB, DORA, "nobody"])
    text = pages.admin.follow(answer).text
    assert "2 accounts may send again." in text
    assert f"{DORA} was not blocked." in text
    released = [said["account"] for verb, said in daemon.asked if verb == "release"]
    assert released == [BOB, BOB, DORA, "nobody"]


def test_nobody_chosen(pages: Pages) -> None:
    assert "Choose an account first" in pages.admin.follow(pages.admin.post("/limits/release")).text


def test_release_that_fails_is_told(pages: Pages) -> None:
    Daemon(pages)
    answer = pages.admin.post("/limits/release", only=BOB)
    assert "Not released" in pages.admin.follow(answer).text


def test_without_the_daemon_the_record_is_shown_and_released(pages: Pages) -> None:
    """B7"""
    now = time.time()
    ledger = Ledger.open(pages.config.state / "ledger", now=now)
    block = Block(account=BOB, started=now, until=now + 600, seconds=600, reason="send_limit")
    ledger.block(block)
    ledger.close()
    text = pages.admin.get("/limits").text
    assert "The daemon does not answer" in text
    assert "Only the daemon knows who is sending" in text
    assert BOB in text
    pages.admin.post("/limits/release", only=BOB)
    assert "Nobody is blocked." in pages.admin.get("/limits").text


def test_limit_is_changed_and_said_in_a_sentence(pages: Pages) -> None:
    """B2, B9"""
    page = pages.admin.get("/limits/settings").text
    sent = _sent(page, send_limit="50", send_unit="recipients", send_seconds="10")
    assert pages.admin.post("/limits/settings", sent).status_code == 303
    text = pages.admin.get("/limits").text
    assert "more than 50 recipients within 10 minutes is blocked from sending for 6 hours" in text


def test_bad_limit_is_refused_beside_the_field(pages: Pages) -> None:
    page = pages.admin.get("/limits/settings").text
    answer = pages.admin.post("/limits/settings", _sent(page, send_limit="-5"))
    assert answer.status_code == 422
    assert 'value="-5"' in answer.text


def test_watching_is_said(pages: Pages) -> None:
    """A20"""
    _set(pages, SERVER, send_watch=True)
    assert "the limit only watches" in pages.admin.get("/limits").text


def test_missing_address_is_warned_of(pages: Pages) -> None:
    """B4"""
    assert "Nobody is told when an account is blocked." in pages.admin.get("/limits").text
    _set(pages, SERVER, notify_address="a@b.example")
    assert "Nobody is told" not in pages.admin.get("/limits").text


def test_notice_needs_an_address(pages: Pages) -> None:
    """B3"""
    answer = pages.admin.post("/limits/test")
    assert "mail address and save it first" in pages.admin.follow(answer).text


@pytest.mark.parametrize("refused", [False, True])
def test_notice_is_sent(pages: Pages, monkeypatch: pytest.MonkeyPatch, refused: bool) -> None:
    """B3"""

    def send(_: object) -> SentNotice:
        if refused:
            raise NoticeError("127.0.0.1 says 550 <no>")
        return SentNotice("mailward@h", "a@b.example", "<1@h>", "250 queued")

    monkeypatch.setattr(trial_notice, "send", send)
    text = pages.admin.follow(pages.admin.post("/limits/test")).text
    assert ("550 &lt;no&gt;" if refused else "on its way to a@b.example") in text


def test_limits_of_their_own_are_listed_and_searched(pages: Pages) -> None:
    """B8"""
    _set(pages, DOMAIN, send_limit=20)
    _set(pages, ("mailbox", BOB), send_limit=1000, country_mode="off")
    _set(pages, ("mailbox", DORA), country_mode="off")
    text = pages.admin.get("/limits/exceptions").text
    assert "Mails permitted: <strong>20 mails</strong>" in text
    assert "Mails permitted: <strong>1,000 mails</strong>" in text
    assert DORA not in text
    assert "1,000 mails" not in pages.admin.get("/limits/exceptions", q="delta").text


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (" Bob@Alpha.example ", "/limits/of/mailbox/bob@alpha.example"),
        ("alpha.example", "/limits/of/domain/alpha.example"),
        ("bob", "/limits/of/mailbox/bob@home.example"),
    ],
)
def test_limit_for_one(pages: Pages, name: str, path: str) -> None:
    """B8: a mailbox, a domain, a name that the default domain completes."""
    _set(pages, SERVER, login_default_domain="home.example")
    answer = pages.admin.post("/limits/exceptions", name=name)
    assert answer.headers["Location"].replace("%40", "@") == path
    page = pages.admin.get(path).text
    sent = _sent(page, send_limit="9", **{"send-limit-inherit": None})
    assert pages.admin.post(path, sent).status_code == 303
    assert {"send.limit": 9} in pages.parts.store.settings.all().values()


@pytest.mark.parametrize("name", ["", "a b", "@", "<b>", "bob"])
def test_name_of_nobody(pages: Pages, name: str) -> None:
    answer = pages.admin.post("/limits/exceptions", name=name)
    assert answer.status_code == 422
    assert "<b>" not in answer.text.replace("</b>", "")


@pytest.mark.parametrize("path", ["server/x", "domain/a@b", "mailbox/a", "plan/x"])
def test_limits_of_nobody(pages: Pages, path: str) -> None:
    assert pages.admin.get(f"/limits/of/{path}").status_code == 404


def test_senders_without_limit(pages: Pages) -> None:
    """B5"""
    entries = [{"entry": f"s{n}@a.example", "comment": "<i>", "expires": 0} for n in range(15)]
    _set(pages, SERVER, exempt_send=entries)
    text = pages.admin.get("/limits/exceptions").text
    assert "s11@a.example" in text
    assert "s12@a.example" not in text
    assert "3 more" in text
    assert "<i>" not in text


def test_history_is_searched_and_paged(pages: Pages) -> None:
    now = time.time()
    for number in range(60):
        name = f"u{number:02}@alpha.example"
        start = now - 1000 + number
        block = Block(account=name, started=start, until=start + 9, seconds=9, reason="send_limit")
        pages.parts.store.blocks.opened(block)
    text = pages.admin.get("/limits/history").text
    assert "u59@alpha.example" in text
    assert "u00@alpha.example" not in text
    number = pages.parts.store.blocks.history(limit=50)[-1].id
    assert "u00@alpha.example" in pages.admin.get("/limits/history", before=number).text
    assert "u59" not in pages.admin.get("/limits/history", q="u00").text
    assert pages.admin.get("/limits/history", before="9" * 30, q="*").status_code == 200
