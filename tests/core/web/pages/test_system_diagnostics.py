"""The archive for whoever helps, without secrets (E16)."""

from __future__ import annotations

import io
import zipfile

from core.desk import diagnostics
from core.web.pages.system_diagnostics import CONTENTS
from tests.core.web.rig import Pages

KEY = "a-secret-key"


def test_archive_holds_what_the_page_says_and_no_secret(pages: Pages) -> None:
    """E16"""
    pages.config.data.mkdir()
    pages.parts.store.settings.change(("server", ""), {"data.maxmind_key": KEY}, "x", 1.0)
    answer = pages.admin.get("/system/diagnostics/archive.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    assert "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert set(archive.namelist()) == set(CONTENTS)
        assert all(KEY.encode() not in archive.read(name) for name in archive.namelist())
    text = pages.admin.get("/system/diagnostics").text
    assert all(name in text for name in CONTENTS)
    assert str(diagnostics.LINES) in text
