"""Values are refused with the setting's name, and typed when they are good."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingError
from core.settings.about import Level
from core.settings.fields import FIELDS, check, plain, read
from core.settings.model import ExemptAddress


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
        ("exempt.addresses", [{"entri": "1.1.1.1"}], "server", "unknown field"),
        ("exempt.accounts", [{"entry": "a b"}], "server", "neither an account nor a domain"),
        ("exempt.send", [{"entry": "192.0.2.1"}], "server", "neither an account nor a domain"),
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
    ],
)
def test_typed_text_becomes_a_value(name: str, text: str, value: Any) -> None:
    """A person types words, commas and yes or no."""
    assert read(name, text) == value


@pytest.mark.parametrize(
    ("name", "text"), [("send.limit", "1e3"), ("connect.enabled", "perhaps"), ("send.limit", "")]
)
def test_typed_nonsense_is_refused(name: str, text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(SettingError, match=name):
        read(name, text)


@pytest.mark.parametrize("name", FIELDS)
def test_defaults_survive_being_stored(name: str) -> None:
    """What is written as JSON reads back as the same value."""
    default = FIELDS[name].default
    assert check(name, plain(default)) == default


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
