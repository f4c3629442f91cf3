"""Whom to thank for the data."""

from __future__ import annotations

from typing import Any

from core.sources.status import SourceStatus
from core.web.credits import data_sources, forgetter
from tests.core.desk.office import daemon_at
from tests.core.web.rig import Pages


def test_sources_are_remembered_until_they_are_forgotten(pages: Pages) -> None:
    """D9"""
    answers: dict[str, Any] = {"status": lambda _: {"sources": [{"name": "country"}]}}
    with pages.app.test_request_context():
        with daemon_at(pages.config.control, answers) as asked:
            assert data_sources() == {"country": SourceStatus("country")}
            assert data_sources() == {"country": SourceStatus("country")}
        assert len(asked) == 1
        forgetter()()
        assert "registries" in data_sources()


def test_daemon_of_another_version_is_no_reason_to_fail(pages: Pages) -> None:
    with (
        pages.app.test_request_context(),
        daemon_at(pages.config.control, {"status": lambda _: {"sources": [{"x": 1}]}}),
    ):
        assert "country" in data_sources()
