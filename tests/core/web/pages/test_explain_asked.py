"""What was asked, as an address line has it."""

from __future__ import annotations

import pytest

from core.web.pages.explain_asked import Asked, ports
from tests.core.web.rig import Pages


@pytest.mark.parametrize(
    ("port", "number"), [("", 587), ("993", 993), ("2525", 2525), ("65535", 65_535)]
)
def test_port_is_read(pages: Pages, port: str, number: int) -> None:
    with pages.app.test_request_context():
        asked = Asked.read({"address": " 192.0.2.1 ", "port": port})
    assert asked.is_complete
    assert asked.number == number
    assert asked.words.get("port", "") == port


@pytest.mark.parametrize("port", ["65536", "-1", "x", "٣"])
def test_what_is_no_port_is_a_fault(pages: Pages, port: str) -> None:
    with pages.app.test_request_context():
        asked = Asked.read({"address": "192.0.2.1", "port": port})
    assert set(asked.faults) == {"port"}
    assert not asked.is_complete


def test_port_that_is_not_usual_is_offered_when_it_was_asked_for(pages: Pages) -> None:
    with pages.app.test_request_context():
        assert ("2525", "port 2525") in ports(Asked.read({"port": "2525"}))
        assert len(ports(Asked.read({}))) == 7
