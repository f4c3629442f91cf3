"""Every setting has a page where it is changed."""

from __future__ import annotations

import pytest

from core.settings.fields import FIELDS
from core.settings.lists import NAMES
from core.settings.scope import SERVER_SCOPE, Scope
from core.web.setting_links import setting_link
from core.web.settings_form_control import form_name
from tests.core.web.rig import Pages

SCOPES = (SERVER_SCOPE, Scope("domain", "alpha.example"), Scope("mailbox", "bob@alpha.example"))


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_every_setting_has_a_page(pages: Pages, scope: Scope) -> None:
    with pages.app.test_request_context():
        links = {setting_link(name, scope) for name in FIELDS if scope.level in FIELDS[name].levels}
    for link in links:
        assert pages.admin.get(link.partition("#")[0]).status_code == 200, link


@pytest.mark.parametrize("group", ["stolen", "webhook", "attack", "ban", "lists", "share"])
def test_what_guards_against_attackers_stands_in_one_place_only(pages: Pages, group: str) -> None:
    """D12: whoever changes it sees it changed, and is not asked twice."""
    places = ("/system/settings", "/attackers/rules", "/attackers/lists", "/security", "/limits")
    texts = {place: pages.admin.get(place).text for place in (*places, "/limits/settings")}
    for name in FIELDS:
        if name.partition(".")[0] != group or name.removeprefix("lists.") in NAMES:
            continue
        found = [place for place, text in texts.items() if f'id="{form_name(name)}"' in text]
        assert len(found) == 1, (name, found)
        assert setting_place(pages, name) == found[0]


def setting_place(pages: Pages, name: str) -> str:
    """The page that links to a setting lead to."""
    with pages.app.test_request_context():
        return setting_link(name).partition("#")[0]
