"""Every setting has a page where it is changed."""

from __future__ import annotations

import pytest

from core.settings.fields import FIELDS
from core.settings.scope import SERVER_SCOPE, Scope
from core.web.setting_links import setting_link
from tests.core.web.rig import Pages

SCOPES = (SERVER_SCOPE, Scope("domain", "alpha.example"), Scope("mailbox", "bob@alpha.example"))


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_every_setting_has_a_page(pages: Pages, scope: Scope) -> None:
    with pages.app.test_request_context():
        links = {setting_link(name, scope) for name in FIELDS if scope.level in FIELDS[name].levels}
    for link in links:
        assert pages.admin.get(link.partition("#")[0]).status_code == 200, link
