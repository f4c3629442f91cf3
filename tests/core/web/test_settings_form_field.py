"""One setting in a form: where its value comes from."""

from __future__ import annotations

import pytest

from core.settings.fields import field
from core.settings.scope import SERVER_SCOPE, Resolved, Scope
from core.web.settings_form_field import describe, fingerprint
from tests.core.web.rig import Pages

DOMAIN = Scope("domain", "a.example")
MAILBOX = Scope("mailbox", "b@a.example")
RULES = Resolved({SERVER_SCOPE: {"send.limit": 99}, DOMAIN: {"send.seconds": 60}})


@pytest.mark.parametrize(
    ("scope", "name", "origin", "offer"),
    [
        (SERVER_SCOPE, "send.limit", "set here", "Use the default: 150 mails"),
        (SERVER_SCOPE, "send.seconds", "default", "Use the default: 5 minutes"),
        (DOMAIN, "send.limit", "inherited from the server", "Inherit from the server: 99 mails"),
        (DOMAIN, "send.seconds", "set here", "Inherit the default: 5 minutes"),
        (
            MAILBOX,
            "send.seconds",
            "inherited from domain a.example",
            "Inherit from domain a.example: 1 minute",
        ),
    ],
)
def test_origin(pages: Pages, scope: Scope, name: str, origin: str, offer: str) -> None:
    """A13"""
    found = describe(RULES, scope, field(name), True)
    with pages.app.test_request_context():
        assert (found.origin, found.inherit_words) == (origin, offer)


def test_nothing_to_take_back_on_the_server() -> None:
    assert not describe(RULES, SERVER_SCOPE, field("send.seconds"), True).can_inherit
    assert describe(RULES, SERVER_SCOPE, field("send.limit"), True).can_inherit
    assert not describe(RULES, DOMAIN, field("send.seconds"), False).can_inherit


def test_fingerprint_tells_values_scopes_and_servers_apart() -> None:
    one = fingerprint("s", DOMAIN, "send.limit", 1)
    assert one == fingerprint("s", DOMAIN, "send.limit", 1)
    assert one not in {
        fingerprint("s", DOMAIN, "send.limit", 2),
        fingerprint("s", DOMAIN, "send.seconds", 1),
        fingerprint("s", MAILBOX, "send.limit", 1),
        fingerprint("t", DOMAIN, "send.limit", 1),
    }
