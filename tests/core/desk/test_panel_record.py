"""What root found of the panel is what others read, and nothing else passes for it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from core.desk import panel_record
from core.desk.panel_record import Record, RecordedPanel, stands_in
from core.errors import PanelBroken
from core.panel import MailDomain, Panel, PanelInfo
from tests.core.desk.office import Office

FOUND = Record(
    1_750_000_000.0,
    PanelInfo("plesk", "18.0.62.1", "Obsidian", "Postfix", "3.7.11"),
    (MailDomain("bücher.example", "änna", "", False, ("a@bücher.example",), "Gold"),),
)


def test_what_was_written_is_what_is_read(office: Office) -> None:
    """Also names in other letters; readable for our own processes alone."""
    office.config.state.mkdir()
    panel_record.write(office.config, FOUND)
    assert panel_record.read(office.config) == FOUND
    panel: Panel = RecordedPanel(office.config, office.panel)
    assert (panel.probe(), panel.domains()) == (FOUND.info, list(FOUND.domains))
    assert not (office.config.state / panel_record.NAME).stat().st_mode & 0o007


def test_a_record_is_never_too_large_to_be_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E4: one customer with very many mailboxes does not hide everybody's domains."""
    office.config.state.mkdir()
    monkeypatch.setattr(panel_record, "LARGEST", 400)
    boxes = tuple(f"box{number}@bücher.example" for number in range(50))
    many = msgspec.structs.replace(FOUND.domains[0], mailboxes=boxes)
    panel_record.write(office.config, Record(FOUND.at, FOUND.info, (many,)))
    bare = msgspec.structs.replace(many, mailboxes=())
    assert panel_record.read(office.config).domains == (bare,)


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"at": 1}', b"[]"])
def test_what_cannot_be_read_is_a_panel_that_does_not_answer(
    office: Office, content: bytes | None
) -> None:
    """Pages then show what they knew, and say so."""
    office.config.state.mkdir()
    if content is not None:
        (office.config.state / panel_record.NAME).write_bytes(content)
    with pytest.raises(PanelBroken):
        RecordedPanel(office.config, office.panel).domains()


def test_root_asks_the_panel_itself(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where there is a record: it is root who writes it."""
    office.config.state.mkdir()
    panel_record.write(office.config, FOUND)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert stands_in(office.config, office.panel) is office.panel


def test_others_read_the_record_as_soon_as_there_is_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pages of a fresh installation come up first; a server set up by hand keeps none."""
    office.config.state.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 990)
    found = stands_in(office.config, office.panel)
    assert found.probe() == office.panel.probe()
    assert found.domains() == office.panel.domains() != list(FOUND.domains)
    panel_record.write(office.config, FOUND)
    assert (found.probe(), found.domains()) == (FOUND.info, list(FOUND.domains))
    assert found.hooks is not None
    assert found.bridge() is None
    assert found.registration(Path("/nowhere")) is None
