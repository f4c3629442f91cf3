"""Sparing one account that a preview shows."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from core.licence.feature import Feature
from core.licence.gate import Answer, Gate
from core.licence.sentence import sentence
from core.store.audit import StoredScope
from core.web.pages.countries_spare import PASS_DAYS
from core.words import Reason, Service
from tests.core.web.pages.came import DAY, a_month, event
from tests.core.web.rig import Pages

SERVER: StoredScope = ("server", "")
DORA = "dora@delta.example"


@pytest.fixture
def busy(pages: Pages) -> Pages:
    """Pages of a server in Germany, with a month behind them."""
    a_month(pages.parts.store)
    pages.parts.store.settings.change(SERVER, {"country.server": "DE"}, "test", 1.0)
    return pages


def _stored(pages: Pages, level: str = "server", name: str = "") -> dict[str, Any]:
    return pages.parts.store.settings.all().get((level, name), {})


def _spare(pages: Pages, wish: str) -> str:
    form = [("mode", "allow"), ("mark", "off 0 "), ("country", "AT"), ("spare", wish)]
    return pages.admin.post("/countries/preview", form).text


def test_before_the_password_addresses_help(busy: Pages) -> None:
    """A20, A4: those that the account logged in from, there, and the choice goes on."""
    busy.parts.store.record(
        [
            event(2, account=DORA, country="TH", address="192.0.2.9"),
            event(2, account=DORA, country="FR", address="192.0.2.66"),
            event(2, account="other@delta.example", country="TH", address="192.0.2.67"),
            event(
                1,
                account=DORA,
                country="TH",
                address="192.0.2.68",
                service=Service.IMAPS,
                reason=Reason.LOGIN_FAILED,
            ),
        ]
    )
    shown = _spare(busy, f"addresses TH {DORA}")
    exempt = _stored(busy)["exempt.addresses"]
    assert [each["entry"] for each in exempt] == ["192.0.2.9", "192.0.2.8"]
    assert DORA in exempt[0]["comment"]
    assert "its addresses are exempt" in shown
    assert set(re.findall(r'name="country" value="(..)"', shown)) == {"AT", "DE"}
    assert "country.mode" not in _stored(busy)


def test_names_with_a_star_are_no_pattern(busy: Pages) -> None:
    """Exempting ``*`` must not exempt everybody's addresses."""
    assert "No event tells" in _spare(busy, "addresses TH *")
    assert "exempt.addresses" not in _stored(busy)


def test_after_the_password_the_account_helps(busy: Pages) -> None:
    """A4: it disappears from the preview, because the rules let it pass."""
    busy.parts.store.settings.change(SERVER, {"connect.enabled": False}, "test", 2.0)
    before = _spare(busy, "")
    assert f"account TH {DORA}" in before
    after = _spare(busy, f"account TH {DORA}")
    assert [each["entry"] for each in _stored(busy)["exempt.accounts"]] == [DORA]
    assert "Nobody who logged in would have been refused." in after


def test_a_traveller_gets_a_pass_of_their_own(busy: Pages) -> None:
    """A12: the mailbox's, with an end."""
    busy.parts.store.settings.change(SERVER, {"connect.enabled": False}, "test", 2.0)
    _spare(busy, f"pass TH {DORA}")
    (found,) = _stored(busy, "mailbox", DORA)["country.passes"]
    assert found["country"] == "TH"
    assert found["expires"] == pytest.approx(time.time() + PASS_DAYS * DAY, abs=60)


def test_a_country_is_opened_for_a_while(busy: Pages) -> None:
    """A12: before the password nothing less helps; the preview then shows nobody from there."""
    after = _spare(busy, f"country TH {DORA}")
    (found,) = _stored(busy)["country.passes"]
    assert (found["country"], found["comment"]) == ("TH", DORA)
    assert "Thailand is open until" in after
    assert "Nobody who logged in would have been refused." in after


def test_a_pass_needs_its_feature(busy: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """E2: where it is off, the reason is shown, and there is no button."""
    said = (sentence("Not on this tier."),)
    real = Gate.answer

    def answer(self: Gate, feature: Feature) -> Answer:
        if feature is Feature.TRAVELLER_PASS:
            return Answer(feature=feature, on=False, sentences=said)
        return real(self, feature)

    monkeypatch.setattr(Gate, "answer", answer)
    shown = _spare(busy, f"country TH {DORA}")
    assert "Not on this tier." in shown
    assert 'value="country TH' not in shown
    assert "country.passes" not in _stored(busy)


@pytest.mark.parametrize(
    "wish", ["nonsense", "pass TH", "pass ZZ a@b.example", "account  a@b.example"], ids=repr
)
def test_only_buttons_of_ours_are_believed(busy: Pages, wish: str) -> None:
    """Nothing is changed."""
    form = [("mode", "allow"), ("mark", "off 0 "), ("spare", wish)]
    assert busy.admin.post("/countries/preview", form).status_code == 400
    assert set(_stored(busy)) == {"country.server"}
