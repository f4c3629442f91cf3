"""Values are refused with the setting's name, and typed when they are good."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingError
from core.settings.about import Level
from core.settings.fields import FIELDS, GROUPS, Field, check, plain, read
from core.settings.model import CountryPass, ExemptAddress


@pytest.mark.parametrize(
    ("name", "value", "level", "complaint"),
    [
        ("send.limits", 1, "server", "there is no such setting; in this group: send.limit"),
        ("nonsense", 1, "server", "there is no such setting"),
        ("send.limit", 0, "server", "must be at least 1"),
        ("send.limit", "many", "server", "must be a whole number"),
        ("send.limit", 1.5, "server", "must be a whole number"),
        ("country.mode", "maybe", "server", "must be one of off, allow, refuse"),
        ("country.list", ["RUS"], "server", "two-letter country code"),
        ("country.list", ["XX"], "server", "XX is no country code"),
        ("country.server", "QQ", "server", "QQ is no country code"),
        ("country.server", "DE", "domain", "can be set for the server only, not for a domain"),
        ("connect.enabled", False, "mailbox", "can be set for the server only"),
        ("notify.address", "nobody", "server", "must be a mail address"),
        ("text.send", "a\nb", "server", "one line"),
        ("text.send", "{password}", "server", "{password} is unknown"),
        ("text.send", "{account.__class__}", "server", "is unknown"),
        ("text.send", "{account!r}", "server", "is unknown"),
        ("text.send", "{", "server", "text.send"),
        ("exempt.addresses", [{"entry": "300.1.1.1"}], "server", "no address, no network"),
        ("exempt.addresses", [{"entry": "0.0.0.0/0"}], "server", "would exempt everybody"),
        ("exempt.addresses", [{"entry": "::/0"}], "server", "would exempt everybody"),
        ("exempt.addresses", [{"entry": "AS0"}], "server", "no AS number"),
        ("exempt.addresses", [{"entri": "1.1.1.1"}], "server", "there is no key 'entri'"),
        ("exempt.accounts", [{"entry": "a b"}], "server", "neither an account nor a domain"),
        ("exempt.send", [{"entry": "192.0.2.1"}], "server", "neither an account nor a domain"),
        ("country.passes", [{"country": "TH"}], "mailbox", "the key 'expires' is missing"),
        ("country.passes", [{"country": "XX", "expires": 1}], "domain", "XX is no country code"),
        ("country.passes", [{"country": "T", "expires": 1}], "server", "two-letter country code"),
        (
            "country.passes",
            [{"country": "TH", "expires": float("inf")}],
            "server",
            "must end at some time",
        ),
        ("domain.enabled", False, "mailbox", "can be set for the server and domain only"),
        ("text.contact", "me", "mailbox", "can be set for the server and domain only"),
        ("text.contact", "x" * 121, "server", "must be at most 120 characters long"),
        ("login.default_domain", "a b", "server", "is no domain"),
    ],
)
def test_bad_values_are_refused_by_name(
    name: str, value: Any, level: Level, complaint: str
) -> None:
    """The text begins with the setting's name and says what is wrong."""
    with pytest.raises(SettingError) as refusal:
        check(name, value, level)
    assert str(refusal.value).startswith(f"{name}: ")
    assert complaint in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("send.limit", " 200 ", 200),
        ("connect.enabled", "off", False),
        ("connect.enabled", "Yes", True),
        ("country.list", "de, at ch", ("DE", "AT", "CH")),
        ("country.list", "", ()),
        ("country.mode", "allow", "allow"),
        (
            "exempt.addresses",
            "192.0.2.0/24,AS64500,2001:db8::1",
            (
                ExemptAddress("192.0.2.0/24"),
                ExemptAddress("AS64500"),
                ExemptAddress("2001:db8::1"),
            ),
        ),
        ("text.contact", "the office", "the office"),
        (
            "country.passes",
            "th:2027-01-15 VN:2027-01-15T08:00+01:00",
            (CountryPass("TH", 1_800_057_600.0), CountryPass("VN", 1_799_996_400.0)),
        ),
    ],
)
def test_typed_text_becomes_a_value(name: str, text: str, value: Any) -> None:
    """A person types words, commas and yes or no."""
    assert read(name, text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [("send.limit", "1e3"), ("connect.enabled", "perhaps"), ("send.limit", "")]
    + [
        ("country.passes", text)
        for text in ("TH", "TH:", "TH:soon", "TH:9999-12-31", ":2027-01-01")
    ],
)
def test_typed_nonsense_is_refused(name: str, text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(SettingError, match=name):
        read(name, text)


@pytest.mark.parametrize("name", FIELDS)
def test_defaults_survive_being_stored(name: str) -> None:
    """What is written as JSON reads back as the same value."""
    default = FIELDS[name].default
    assert check(name, plain(default), FIELDS[name].levels[0]) == default


@given(
    st.sampled_from(sorted(FIELDS)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ),
)
def test_any_json_is_accepted_or_refused(name: str, value: Any) -> None:
    """A hostile import never gets further than a SettingError, and what passes passes again."""
    try:
        typed = check(name, value)
    except SettingError:
        return
    assert check(name, plain(typed)) == typed


def test_every_group_has_a_title_and_every_setting_a_group() -> None:
    """What forms and the reference are made of."""
    assert {field.group for field in FIELDS.values()} == set(GROUPS)
    for group in GROUPS.values():
        assert group.title[0].isupper()
        assert group.what.endswith(".")


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_every_setting_has_a_title_and_every_choice_a_label(field: Field) -> None:
    """A form never shows a code: the labels name each legal value, and no other."""
    assert field.title
    assert field.title[0].isupper()
    assert not field.title.endswith(".")
    legal = get_args(get_args(field.type)[0])
    if isinstance(field.default, str) and legal:
        assert tuple(field.choices) == legal
        assert all(field.choices.values())
    else:
        assert field.choices == {}


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_numbers_have_units(field: Field) -> None:
    """A number without one is a riddle."""
    is_number = isinstance(field.default, int) and not isinstance(field.default, bool)
    assert bool(field.unit) is is_number


def test_what_a_customer_may_set() -> None:
    """Who may log in where is the customer's; limits, the server and its data are not."""
    assert {name for name, field in FIELDS.items() if field.customer} == {
        "country.mode",
        "country.list",
        "country.passes",
        "country.unknown",
        "country.watch",
        "network.cloud",
        "network.anonymiser",
        "network.relay",
        "network.attacker",
        "domain.enabled",
        "exempt.addresses",
        "text.country",
        "text.network",
        "text.attacker",
        "text.send",
        "text.blocked",
        "text.contact",
        "notify.language",
        "owner.address",
        "owner.report",
        "owner.blocked",
        "owner.stolen",
    }
    assert all("domain" in field.levels for field in FIELDS.values() if field.customer)
