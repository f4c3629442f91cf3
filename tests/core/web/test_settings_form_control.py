"""Controls: every setting that a form can hold has one that gives back what it shows."""

from __future__ import annotations

import pytest

from core.settings.fields import FIELDS, field, plain
from core.web.settings_form_control import (
    Given,
    Kind,
    Limits,
    form_name,
    kind_of,
    limits_of,
    read,
    shown,
)
from tests.core.web.rig import Pages

EVERYTHING = [name for name in FIELDS if name != "country.passes" and not name.startswith("exempt")]


@pytest.mark.parametrize("name", EVERYTHING)
def test_default_comes_back(pages: Pages, name: str) -> None:
    known = field(name)
    kind = kind_of(known)
    given = shown(kind, known.default)
    with pages.app.test_request_context():
        assert read(known, kind, given, known.levels[0]) == plain(known.default)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("network.cloud", Kind.CHOICE),
        ("data.provider", Kind.SELECT),
        ("connect.enabled", Kind.SWITCH),
        ("send.block_seconds", Kind.LENGTH),
        ("keep.event_days", Kind.NUMBER),
        ("text.send", Kind.REFUSAL),
        ("data.maxmind_key", Kind.SECRET),
        ("login.default_domain", Kind.TEXT),
    ],
)
def test_kinds(name: str, kind: Kind) -> None:
    assert kind_of(field(name)) is kind


def test_names_survive_php() -> None:
    assert form_name("send.block_seconds") == "send-block_seconds"


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("send.limit", Limits(least=1, most=1_000_000)),
        ("text.contact", Limits(longest=120, shortest=1)),
        ("notify.address", Limits(longest=320)),
        ("send.watch", Limits()),
    ],
)
def test_limits(name: str, limits: Limits) -> None:
    assert limits_of(field(name)) == limits


@pytest.mark.parametrize("text", ["1500", "1,500", "1.500", "1 500", "1'500"])
def test_marks_between_thousands(pages: Pages, text: str) -> None:
    with pages.app.test_request_context():
        assert read(field("send.limit"), Kind.NUMBER, Given(text), "server") == 1500
