"""Fixtures for the pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.web.rig import Pages, pages_in


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    """Pages on a store of their own."""
    with pages_in(tmp_path) as found:
        yield found
