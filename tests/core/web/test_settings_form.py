"""Forms for settings: what is shown, what is taken, and that nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from flask import g

from core.licence.tier import Tier
from core.panel import Role
from core.settings.fields import FIELDS
from core.settings.scope import SERVER_SCOPE, Scope
from core.web.notices import notices
from core.web.settings_form import SettingsForm, names_of
from tests.core.web.forms import at_desk, drawn, filled
from tests.core.web.rig import Pages

DOMAIN = Scope("domain", "alpha.example")
MAILBOX = Scope("mailbox", "bob@alpha.example")
SENDING = names_of("send")
EVERYTHING = [name for name in FIELDS if name != "country.passes" and not name.startswith("exempt")]


def _send(pages: Pages, scope: Scope, names: list[str], **changes: Any) -> SettingsForm:
    """Show the form to root, and send it with changes; tells what came of it in `g`."""
    with at_desk(pages, Role.ADMIN, "root"):
        page = drawn(SettingsForm(scope, names))
        sheet = SettingsForm(scope, names, filled(page, **changes))
        g.saved = sheet.save()
        pages.__dict__["saved"], pages.__dict__["told"] = g.saved, [n.text for n in notices()]
        pages.__dict__["page"] = drawn(sheet)
        return sheet


def _stored(pages: Pages) -> dict[tuple[str, str], dict[str, Any]]:
    return pages.parts.store.settings.all()


def _set(pages: Pages, scope: Scope, **values: Any) -> None:
    named = {name.replace("_", ".", 1): value for name, value in values.items()}
    pages.parts.store.settings.change((scope.level, scope.name), named, "somebody", 1.0)


@pytest.mark.parametrize("scope", [SERVER_SCOPE, DOMAIN, MAILBOX])
def test_form_sent_as_it_is_changes_nothing(pages: Pages, scope: Scope) -> None:
    """Of every setting, whatever its control."""
    _set(pages, SERVER_SCOPE, send_limit=77, country_list=["DE"], data_maxmind_key="geheim")
    _set(pages, DOMAIN, country_mode="refuse", text_contact="Österreich <b>")
    before = _stored(pages)
    sheet = _send(pages, scope, EVERYTHING)
    assert not sheet.faults
    assert _stored(pages) == before


@pytest.mark.parametrize(
    ("changes", "stored"),
    [
        ({"send_limit": "1,500"}, {"send.limit": 1500}),
        ({"send_seconds": "1.5", "send-seconds-unit": "m"}, {"send.seconds": 90}),
        ({"send_seconds": "2", "send-seconds-unit": "h"}, {"send.seconds": 7200}),
        ({"send_watch": "1"}, {"send.watch": True}),
        ({"send_unit": "recipients"}, {"send.unit": "recipients"}),
        ({"country_list": ["AT", "DE"]}, {"country.list": ["AT", "DE"]}),
        ({"country_server": "DE"}, {"country.server": "DE"}),
        ({"notify_address": " a@b.example "}, {"notify.address": "a@b.example"}),
        ({"data_maxmind_key": "geheim"}, {"data.maxmind_key": "geheim"}),
        ({"data_feeds": "default\nspamhaus_drop"}, {"data.feeds": ["default", "spamhaus_drop"]}),
        ({"text_contact": "Zoë"}, {"text.contact": "Zoë"}),
        ({"data_provider": "none"}, {"data.provider": "none"}),
    ],
)
def test_values_are_stored(pages: Pages, changes: dict[str, Any], stored: dict[str, Any]) -> None:
    """B2, B9: each control gives the value of its setting."""
    sheet = _send(pages, SERVER_SCOPE, EVERYTHING, **changes)
    assert not sheet.faults
    assert _stored(pages) == {("server", ""): stored}
    assert pages.parts.store.audit.find()[0].who == "root (admin)"


@pytest.mark.parametrize(
    ("changes", "name", "text"),
    [
        ({"send_limit": "many"}, "send.limit", "must be a whole number"),
        ({"send_limit": "0"}, "send.limit", "must be between 1 mail and 1,000,000 mails"),
        ({"send_seconds": "two"}, "send.seconds", "must be a number, such as 5 or 1.5"),
        ({"send_seconds": "9", "send-seconds-unit": "d"}, "send.seconds", "and 1 day"),
        ({"send_seconds": "9", "send-seconds-unit": "y"}, "send.seconds", "must be a number"),
        ({"send_seconds": "0.1", "send-seconds-unit": "s"}, "send.seconds", "whole seconds"),
        ({"send_unit": "tons"}, "send.unit", "must be one of"),
        ({"country_list": ["QQ"]}, "country.list", "QQ is no country code"),
        ({"notify_address": "nobody"}, "notify.address", "must be a mail address"),
        ({"text_country": ""}, "text.country", "must not be empty"),
        ({"text_country": "x" * 301}, "text.country", "must be at most 300 characters long"),
        ({"text_country": "no {luck}"}, "text.country", "{luck} is unknown"),
        ({"text_country": "{country:>99999999}"}, "text.country", "is unknown"),
    ],
)
def test_bad_input_is_kept_and_nothing_else_is_changed(
    pages: Pages, changes: dict[str, Any], name: str, text: str
) -> None:
    sheet = _send(pages, SERVER_SCOPE, EVERYTHING, **changes, login_default_domain="a.example")
    assert text in sheet[name].fault
    assert [each.field.name for each in sheet.faults] == [name]
    assert _stored(pages) == {}
    page = pages.__dict__["page"]
    assert sheet["login.default_domain"].given.text == "a.example"
    assert 'value="a.example"' in page
    assert 'aria-invalid="true"' in page or "sf-wrong" in page


def test_inheriting(pages: Pages) -> None:
    """A13: a domain's own value is set, told from where it came, and taken back."""
    _set(pages, SERVER_SCOPE, send_limit=77)
    assert "Inherit from the server: 77 mails" in _page(pages, DOMAIN)
    _send(pages, DOMAIN, SENDING, send_limit="20", **{"send-limit-inherit": None})
    assert _stored(pages)["domain", "alpha.example"] == {"send.limit": 20}
    assert pages.__dict__["told"] == ["Mails permitted: 77 mails → 20 mails", DOWN]
    assert "inherited from domain alpha.example" in _page(pages, MAILBOX)
    _send(pages, DOMAIN, SENDING, **{"send-limit-inherit": "1"})
    assert ("domain", "alpha.example") not in _stored(pages)


DOWN = "The daemon is not running; it will take this when it starts."


def _page(pages: Pages, scope: Scope, role: Role = Role.ADMIN, login: str = "root") -> str:
    with at_desk(pages, role, login):
        return drawn(SettingsForm(scope, SENDING))


def test_server_goes_back_to_the_default(pages: Pages) -> None:
    _set(pages, SERVER_SCOPE, send_limit=77)
    _send(pages, SERVER_SCOPE, SENDING, **{"send-limit-inherit": "1"})
    assert _stored(pages) == {}


def test_who_changed_it_last_is_told(pages: Pages) -> None:
    """E21"""
    _set(pages, SERVER_SCOPE, send_limit=77)
    assert "changed by somebody" in _page(pages, SERVER_SCOPE)


def test_customers_cannot_set_what_is_the_administrators(pages: Pages) -> None:
    """B8, E22: shown, but never taken from them, whatever they send."""
    page = _page(pages, DOMAIN, Role.CUSTOMER, "anna")
    assert "150 mails" in page
    assert "Only the administrator can change this" in page
    assert "<input" not in page
    with at_desk(pages, Role.CUSTOMER, "anna"):
        sent = filled("", field=["send-limit"], send_limit="9")
        assert SettingsForm(DOMAIN, SENDING, sent).save()
    assert _stored(pages) == {}


def test_two_people_at_once_lose_nothing(pages: Pages) -> None:
    """E21: what one did not touch stays as the other set it; what both touched is asked again."""
    with at_desk(pages, Role.ADMIN, "root"):
        page = drawn(SettingsForm(SERVER_SCOPE, SENDING))
        _set(pages, SERVER_SCOPE, send_limit=99)
        untouched = SettingsForm(SERVER_SCOPE, SENDING, filled(page, send_watch="1"))
        assert untouched.save()
        assert _stored(pages)["server", ""] == {"send.limit": 99, "send.watch": True}
        both = SettingsForm(SERVER_SCOPE, SENDING, filled(page, send_limit="50"))
        assert not both.save()
        assert "now it is: 99 mails" in both["send.limit"].fault
        assert both["send.limit"].given.text == "50"
        again = SettingsForm(SERVER_SCOPE, SENDING, filled(drawn(both)))
        assert again.save()
    assert _stored(pages)["server", ""] == {"send.limit": 50, "send.watch": True}


def test_secret_is_never_shown_and_kept_when_left_empty(pages: Pages) -> None:
    _set(pages, SERVER_SCOPE, data_maxmind_key="geheim")
    with at_desk(pages, Role.ADMIN, "root"):
        page = drawn(SettingsForm(SERVER_SCOPE, names_of("data")))
    assert "geheim" not in page
    _send(pages, SERVER_SCOPE, names_of("data"), data_maxmind_key="neu")
    assert pages.__dict__["told"][0] == "MaxMind licence key: changed"


def test_server_policy_overrides_is_told(pages: Pages) -> None:
    """A11: with the countries concerned."""
    _set(pages, SERVER_SCOPE, country_mode="allow", country_list=["DE"])
    _set(pages, DOMAIN, country_list=["DE", "FR"])
    with at_desk(pages, Role.CUSTOMER, "anna"):
        page = drawn(SettingsForm(DOMAIN, names_of("country")))
    assert "Overridden by the server's policy." in page
    assert "France" in page.partition("Countries concerned")[2][:60]


def test_without_the_licence_values_can_only_be_taken_back(pages: Pages) -> None:
    """K10 of the complaints: nothing is lost when a licence ends."""
    _set(pages, DOMAIN, country_unknown="refuse")
    pages.sell(Tier.BASIC)
    names = names_of("country")
    sheet = _send(pages, DOMAIN, names, country_mode="allow", **{"country-mode-inherit": None})
    assert "PLUS" in sheet["country.mode"].fault
    _send(pages, DOMAIN, names, **{"country-unknown-inherit": "1"})
    assert _stored(pages) == {}


def test_rules_that_are_switched_off_are_told(pages: Pages) -> None:
    _set(pages, DOMAIN, domain_enabled=False, country_unknown="refuse")
    with at_desk(pages, Role.CUSTOMER, "anna"):
        page = drawn(SettingsForm(DOMAIN, names_of("country", "domain")))
    assert page.count("It does not count now") == 1


def test_empty_list_of_allowed_countries_is_told(pages: Pages) -> None:
    _send(pages, SERVER_SCOPE, names_of("country"), country_mode="allow")
    assert any("No country is listed" in text for text in pages.__dict__["told"])


def test_hostile_values_are_escaped(pages: Pages) -> None:
    evil = "<script>alert(1)</script>\"'"
    _set(pages, SERVER_SCOPE, text_contact=evil, text_country=evil)
    with at_desk(pages, Role.ADMIN, "root"):
        page = drawn(SettingsForm(SERVER_SCOPE, EVERYTHING))
    assert "<script" not in page


def test_form_is_translated(pages: Pages) -> None:
    """E15: with another language nothing fails, and countries have its names."""
    with at_desk(pages, Role.ADMIN, "root", "de"):
        assert "Deutschland" in drawn(SettingsForm(SERVER_SCOPE, EVERYTHING))


@pytest.mark.parametrize("name", ["exempt.addresses", "country.passes"])
def test_lists_have_pages_of_their_own(pages: Pages, name: str) -> None:
    with at_desk(pages, Role.ADMIN, "root"), pytest.raises(ValueError, match="page of its own"):
        SettingsForm(SERVER_SCOPE, [name])
