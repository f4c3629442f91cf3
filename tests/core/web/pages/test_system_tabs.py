"""The tabs above each part."""

from __future__ import annotations

import re

from core.web.pages.system_tabs import TABS
from tests.core.web.rig import Pages


def test_present_part_is_marked_and_gives_the_page_its_title(pages: Pages) -> None:
    text = pages.admin.get("/system/audit").text
    tabs = text[text.index("mwsy-tabs") : text.index("</nav>", text.index("mwsy-tabs"))]
    assert len(re.findall(r"<a ", tabs)) == len(TABS)
    assert re.findall(r'href="([^"]+)" aria-current', tabs) == ["/system/audit"]
    assert "<h1>Audit trail</h1>" in text
