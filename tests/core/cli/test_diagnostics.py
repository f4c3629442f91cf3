"""The archive is written where nobody else reads it."""

from __future__ import annotations

import stat
import zipfile

from tests.core.cli.desk import Desk


def test_writes_an_archive(desk: Desk) -> None:
    """Also on a server where nothing runs yet; and over nothing that is there."""
    path = desk.directory / "out.zip"
    assert str(path) in desk("diagnostics", str(path)).stdout
    with zipfile.ZipFile(path) as packed:
        assert "settings.json" in packed.namelist()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    assert "exists" in desk("diagnostics", str(path), code=5).stderr
    assert path.read_bytes() == before
