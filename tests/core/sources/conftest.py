"""What the tests of the updater share: a web that answers only what a test lets it answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    """Every request that no test has prepared an answer for fails; nothing leaves the machine."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock
