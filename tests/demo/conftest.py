"""The seed databases and the demo's lists, ready to be looked at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.sources import seed
from core.sources.sources import Sources
from demo.directory import Directory


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sources]:
    """What the demo's daemon knows about addresses."""
    directory = Directory(tmp_path_factory.mktemp("sources") / "d")
    directory.prepare(fresh=True)
    data = directory.configure().data
    seed.plant(data)
    directory.accuse(data)
    found = Sources.open(data)
    yield found
    found.close()
    directory.close()
