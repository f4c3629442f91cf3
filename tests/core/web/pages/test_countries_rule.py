"""Choosing the countries: tick, look, save, and nobody overwrites another."""

from __future__ import annotations

import html
import re
import time
from typing import Any

import pytest
from werkzeug.test import TestResponse

from core.net.countries import CODES
from core.store.audit import StoredScope
from core.web.pages import countries_rule
from core.words import Reason, Stage
from tests.core.web.pages.came import a_month, event, refusal
from tests.core.web.rig import Pages

SERVER: StoredScope = ("server", "")

NOBODY = "off 0 "
"""The mark of a rule that nobody has set."""


@pytest.fixture
def busy(pages: Pages) -> Pages:
    """Pages of a server in Germany, with a month behind them."""
    a_month(pages.parts.store)
    _set(pages, {"country.server": "DE"})
    return pages


def _set(pages: Pages, values: dict[str, Any]) -> None:
    pages.parts.store.settings.change(SERVER, values, "somebody", time.time())


def _stored(pages: Pages) -> dict[str, Any]:
    return pages.parts.store.settings.all().get(SERVER, {})


def _form(*codes: str, mode: str = "allow", mark: str = NOBODY, **more: str) -> list[Any]:
    return [("mode", mode), ("mark", mark), *(("country", c) for c in codes), *more.items()]


def _preview(pages: Pages, *codes: str, **more: str) -> TestResponse:
    return pages.admin.post("/countries/preview", _form(*codes, **more))


def _save(pages: Pages, *codes: str, **more: str) -> TestResponse:
    return pages.admin.post("/countries/save", _form(*codes, **more))


def _ticked(text: str) -> set[str]:
    boxes = re.findall(r'<input[^>]*name="country"[^>]*>', text)
    return {re.findall(r'value="(..)"', box)[0] for box in boxes if " checked" in box}


def _mode(text: str) -> str:
    return str(re.findall(r'name="mode"[^>]*value="(\w+)" checked', text)[0])


def test_the_list_has_every_country_and_those_with_logins_first(busy: Pages) -> None:
    """A20: the server's own is ticked and cannot be unticked."""
    text = busy.admin.get("/countries/choose").text
    order = re.findall(r'id="c-(..)"', text)
    assert order[:3] == ["DE", "AT", "TH"]
    assert set(order[3:5]) == {"RU", "BR"}
    assert len(order) == len(set(order)) > 240
    assert _ticked(text) == {"DE"}
    assert re.search(r'value="DE" checked disabled', text)


def test_the_countries_of_the_logins_fill_the_list(busy: Pages) -> None:
    """D1, A20: with a threshold; attackers' countries are not among them."""
    text = busy.admin.get("/countries/choose", take="10").text
    assert (_mode(text), _ticked(text)) == ("allow", {"DE", "AT"})
    assert _ticked(busy.admin.get("/countries/choose", take="1").text) == {"DE", "AT", "TH"}


@pytest.mark.parametrize("take", ["1000000", "-3", "x", "9" * 400], ids=str)
def test_a_threshold_that_nobody_reaches_ticks_nothing(busy: Pages, take: str) -> None:
    """What is no number is the usual threshold."""
    text = busy.admin.get("/countries/choose", take=take).text
    assert _ticked(text) in ({"DE"}, {"DE", "AT"})


@pytest.mark.parametrize(
    ("rule", "query", "mode", "ticked"),
    [
        pytest.param({}, {"refuse": "cn"}, "refuse", {"CN"}, id="first refused"),
        pytest.param(
            {"country.mode": "refuse", "country.list": ["RU"]},
            {"refuse": "CN"},
            "refuse",
            {"CN", "RU"},
            id="one more refused",
        ),
        pytest.param(
            {"country.mode": "allow", "country.list": ["AT", "CN"]},
            {"refuse": "CN"},
            "allow",
            {"AT"},
            id="no longer allowed",
        ),
        pytest.param(
            {"country.mode": "allow", "country.list": ["AT"]},
            {"allow": "CN"},
            "allow",
            {"AT", "CN"},
            id="allowed too",
        ),
    ],
)
def test_an_address_preselects(
    busy: Pages, rule: dict[str, Any], query: dict[str, str], mode: str, ticked: set[str]
) -> None:
    """D1: from the log or the table to the list; nothing is changed yet."""
    _set(busy, rule)
    before = _stored(busy)
    text = busy.admin.get("/countries/choose", **query).text
    assert (_mode(text), _ticked(text) - {"DE"}) == (mode, ticked)
    assert _stored(busy) == before


@pytest.mark.parametrize(
    ("code", "said"),
    [("<b>", "“&lt;B&gt;” is no country."), ("DE", "the server&#39;s own country")],
)
def test_what_cannot_be_refused_is_told(busy: Pages, code: str, said: str) -> None:
    """A7."""
    assert said in busy.admin.get("/countries/choose", refuse=code).text


def test_a_preview_says_who_and_which_attackers(busy: Pages) -> None:
    """A20, E24: and changes nothing."""
    before = _stored(busy)
    text = _preview(busy, "AT").text
    assert "1 account that comes in now would have been refused" in text
    assert "dora@delta.example" in text
    assert "eve@alpha.example" not in text
    stopped = re.findall(r"([\d.K]+) → ([\d.K]+)", text)
    assert ("0", "990") in stopped  # 900 and 20 refusals, 70 guesses
    assert _stored(busy) == before


def test_a_preview_carries_the_choice_on(busy: Pages) -> None:
    """E24: the own country is in the list, and going back keeps every tick."""
    text = _preview(busy, "AT", "NL").text
    kept = set(re.findall(r'name="country" value="(..)"', text))
    assert kept == {"AT", "NL", "DE"}
    back = busy.admin.post("/countries/choose", _form(*sorted(kept)))
    assert _ticked(back.text) == kept


def test_a_preview_that_frees_somebody(busy: Pages) -> None:
    """E24: what changes against the present rules, in both directions."""
    _set(busy, {"country.mode": "allow", "country.list": ["DE"], "connect.enabled": False})
    bob: dict[str, Any] = {
        "account": "bob@alpha.example",
        "domain": "alpha.example",
        "stage": Stage.AUTH,
    }
    busy.parts.store.record([refusal(country="FR", reason=Reason.COUNTRY, count=4, **bob)])
    text = _preview(busy, "AT", "FR", "TH", mark="allow 0 DE").text
    assert "3 accounts that are refused now would come in." in text
    assert "comes in again" in text


def test_saving_asks_for_nothing_more_and_can_be_undone(busy: Pages) -> None:
    """A20: in the settings, in the audit trail, and back again."""
    answer = _save(busy, "AT")
    assert _stored(busy)["country.mode"] == "allow"
    assert _stored(busy)["country.list"] == ["AT", "DE"]
    assert "country.watch" not in _stored(busy)
    text = busy.admin.follow(answer).text
    assert "Saved: the rule counts from now on." in text
    assert "The daemon is not running" in text
    entries = re.findall(r'name="entries" value="([\d,]+)"', text)[0]
    trail = busy.parts.store.audit.find(None, 10)
    assert {entry.who for entry in trail[:2]} == {"root (admin)"}
    busy.admin.post("/undo", entries=entries)
    assert set(_stored(busy)) == {"country.server"}


def test_watch_only_is_one_button(busy: Pages) -> None:
    """A11: first look, then refuse."""
    assert "Save, watch only at first" in _preview(busy, "AT").text
    _save(busy, "AT", watch="1")
    assert _stored(busy)["country.watch"] is True


def test_saving_what_is_so_already_writes_nothing(busy: Pages) -> None:
    """No entry in the audit trail that says nothing."""
    answer = _save(busy, mode="off")
    assert "nothing was changed" in busy.admin.follow(answer).text
    assert set(_stored(busy)) == {"country.server"}
    assert "Nothing: the rule is like that already" in _preview(busy, mode="off").text


def test_somebody_elses_change_is_told_and_nothing_lost(busy: Pages) -> None:
    """What was chosen stays in the form, and is compared with what counts now."""
    _set(busy, {"country.mode": "refuse", "country.list": ["CN"]})
    answer = _save(busy, "AT")
    assert answer.status_code == 409
    assert "Somebody else has changed the country rule meanwhile." in answer.text
    assert _stored(busy)["country.list"] == ["CN"]
    assert set(re.findall(r'name="country" value="(..)"', answer.text)) == {"AT", "DE"}
    mark = html.unescape(re.findall(r'name="mark" value="([^"]*)"', answer.text)[0])
    assert _save(busy, "AT", mark=mark).status_code == 303
    assert _stored(busy)["country.list"] == ["AT", "DE"]
    assert _preview(busy, "AT").status_code == 409


def test_a_change_in_the_last_moment_is_told_too(
    busy: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and writing."""
    changed = countries_rule._changes

    def slowly(*seen: Any) -> Any:
        found = changed(*seen)
        monkeypatch.setattr(countries_rule, "_changes", changed)
        _set(busy, {"country.mode": "refuse"})
        return found

    monkeypatch.setattr(countries_rule, "_changes", slowly)
    assert _save(busy, "AT").status_code == 409
    assert _stored(busy)["country.mode"] == "refuse"


def test_an_empty_list_is_explained(busy: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """A6: only the own country, or nobody at all is refused where it is not known."""
    assert "own country is in the list: everybody" in _preview(busy).text
    monkeypatch.setattr(countries_rule, "home_country", lambda: "")
    text = _preview(busy).text
    assert "nobody is refused until a country is in it" in text
    assert "Nobody who logged in would have been refused." in text


def test_accounts_come_in_pages(busy: Pages) -> None:
    """A server has more accounts than a page."""
    busy.parts.store.record(
        [event(account=f"m{n:03}@alpha.example", country="FR") for n in range(70)]
    )
    first, second = _preview(busy, "AT").text, _preview(busy, "AT", page="2").text
    assert "Page 1 of 2" in first
    assert "m060@alpha.example" not in first
    assert "m060@alpha.example" in second
    assert "Page 2 of 2" in _preview(busy, "AT", page="99").text
    assert "Page 1 of 2" in _preview(busy, "AT", page="x").text


def test_hostile_names_are_text(busy: Pages) -> None:
    """A mailbox may be called anything."""
    name = "<img src=x>\"'@alpha.example"
    busy.parts.store.record([event(account=name, country="FR", count=3)])
    text = _preview(busy, "AT").text
    assert "<img" not in text
    assert html.escape(name, quote=False)[:12] in text


def test_a_preview_that_is_loaded_anew_begins_at_the_list(busy: Pages) -> None:
    """Its form is gone."""
    answer = busy.admin.get("/countries/preview")
    assert answer.headers["Location"] == "/countries/choose"


@pytest.mark.parametrize("path", ["choose", "preview", "save"])
def test_only_forms_of_ours_are_taken(busy: Pages, path: str) -> None:
    """E20: neither without a token, nor with what no form has, nor from others."""
    before = _stored(busy)
    assert busy.admin.send("POST", f"/countries/{path}", b"mode=off").status_code == 400
    assert busy.admin.post(f"/countries/{path}", _form("ZZ")).status_code == 400
    assert busy.customer.post(f"/countries/{path}", _form("AT")).status_code == 403
    assert _stored(busy) == before


def test_many_countries_are_shown_when_asked(busy: Pages) -> None:
    """Attackers come from everywhere; the page stays short, and asked for, all stay."""
    codes = sorted(CODES - {"DE", "AT", "TH", "RU", "BR"})[:60]
    busy.parts.store.record([refusal(country=code) for code in codes])
    short, whole = _preview(busy, "AT").text, _preview(busy, "AT", all="1").text
    assert "Show 13 more countries" in short
    assert "more countries" not in whole
    assert 'name="all" value="1"' in whole
    assert len(re.findall(r'<small class="mw-note">..</small>', whole)) == 63


def test_it_works_with_the_route_in_a_parameter(busy: Pages) -> None:
    """E1: every address of the three steps begins where the panel shows the pages."""
    admin = busy.visitor("admin", "root", prefix="/panel/page.php", parameter="r")
    text = admin.get("/panel/page.php?r=/countries/choose").text
    assert 'name="r" value="/countries/choose"' in text
    shown = admin.post("/panel/page.php?r=/countries/preview", _form("AT"))
    assert "1 account that comes in now" in shown.text
    for address in re.findall(r'(?:href|action|formaction)="([^"#]+)"', shown.text):
        assert address.startswith("/panel/page.php"), address
    saved = admin.post("/panel/page.php?r=/countries/save", _form("AT"))
    assert saved.headers["Location"].startswith("/panel/page.php?r=%2Fcountries&told=")
