"""Whose network an address is in."""

from __future__ import annotations

from pathlib import Path

from core.sources import seed
from core.web.pages.log_networks import Networks, networks
from tests.core.web.rig import Pages


def test_without_data_there_is_no_name(tmp_path: Path) -> None:
    found = Networks(tmp_path / "nowhere")
    assert found.name("8.8.8.8") == ""


def test_names_come_from_the_data_as_soon_as_they_are_there(tmp_path: Path) -> None:
    found = Networks(tmp_path)
    assert found.name("8.8.8.8") == ""
    seed.plant(tmp_path)
    assert "google" in found.name("8.8.8.8").lower()
    assert [found.name(text) for text in ("", "no address", "203.0.113.7")] == ["", "", ""]


def test_data_that_is_replaced_is_opened_again(tmp_path: Path) -> None:
    seed.plant(tmp_path)
    found = Networks(tmp_path)
    assert found.name("8.8.8.8")
    (tmp_path / "asn.mmdb").unlink()
    (tmp_path / "asn.mmdb").write_bytes(b"no database")
    assert found.name("8.8.8.8") == ""


def test_an_application_opens_them_once(pages: Pages) -> None:
    with pages.app.app_context():
        assert networks() is networks()
