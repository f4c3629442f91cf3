"""The settings' own promises: a fresh install protects, and every setting explains itself."""

from __future__ import annotations

import pytest

from core.settings.about import EVERYWHERE
from core.settings.fields import FIELDS, Field
from core.settings.model import Settings


def test_a_fresh_install_protects_without_a_wrong_refusal() -> None:
    """A5, B1: the send window stands at 150 in 5 minutes and 6 hours; nothing uncertain refuses."""
    settings = Settings()
    assert (settings.send.limit, settings.send.seconds, settings.send.block_seconds) == (
        150,
        300,
        6 * 3600,
    )
    assert settings.connect.enabled
    assert settings.network.attacker == "refuse"
    assert settings.network.cloud == "watch"
    assert settings.network.relay == "off"
    assert settings.country.mode == "off"
    assert settings.country.unknown == "allow"


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.name)
def test_every_setting_says_what_why_and_what_could_go_wrong(field: Field) -> None:
    """E19: help is part of the setting."""
    for sentence in (field.what, field.why, field.risk):
        assert not sentence[0].islower()
        assert sentence.endswith(".")
    assert field.levels == tuple(level for level in EVERYWHERE if level in field.levels) != ()
