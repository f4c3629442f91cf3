"""The published minimums are those of the facts."""

from __future__ import annotations

import pytest

from core.licence.feature import Feature
from core.licence.requirements import PUBLISHED
from core.licence.tier import PANEL_TITLES


@pytest.mark.parametrize(
    ("panel", "minimum", "mail_server"),
    [
        ("plesk", "18.0.23", "Postfix"),
        ("mailenable", "10.35", ""),
        ("zimbra", "9.0.0 Patch 8", ""),
    ],
)
def test_connection_stage_has_its_minimum(panel: str, minimum: str, mail_server: str) -> None:
    """E8: features.md 1."""
    (need,) = PUBLISHED[panel]
    assert need.feature == Feature.CONNECT
    assert (need.panel_minimum, need.mail_server) == (minimum, mail_server)
    assert need.mail_server_minimum == ""


@pytest.mark.parametrize("panel", ["cpanel", "directadmin", "interworx", "standalone"])
def test_the_others_have_none(panel: str) -> None:
    """E8: none is stated."""
    assert PUBLISHED[panel] == ()


def test_every_panel_is_in_the_table() -> None:
    """And nothing else."""
    assert set(PUBLISHED) == {*PANEL_TITLES, "standalone"}
