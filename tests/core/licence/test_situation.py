"""Licence, panel and gate together, also where one of them is missing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.errors import PanelBroken
from core.licence.feature import Feature
from core.licence.gate import Cause
from core.licence.licence import MEMORY_FILE
from core.licence.requirements import PUBLISHED
from core.licence.situation import situation
from core.licence.standing import State
from core.panel import PanelInfo, Requirement
from tests.core.desk.office import Panel
from tests.core.licence.vendor_keys import DAY, NOW


class Plesk(Panel):
    """A panel with the requirements of Plesk, of a version that a test gives it."""

    name = "plesk"
    requirements: Sequence[Requirement] = PUBLISHED["plesk"]

    def __init__(self, version: str) -> None:
        super().__init__()
        self.version = version

    def probe(self) -> PanelInfo:
        """Found, unless it has no version."""
        if not self.version:
            raise PanelBroken("plesk version says nothing")
        return PanelInfo(self.name, self.version, "", "Postfix", "3.7")


def test_puts_everything_together(tmp_path: Path) -> None:
    """E7, E8: on a fresh server with a new and with an old panel."""
    new = situation(tmp_path, Plesk("18.0.62"), NOW)
    assert new.standing.state is State.TRIAL
    assert new.gate.answer(Feature.CONNECT).on
    assert new.problems == ()
    old = situation(tmp_path, Plesk("18.0.22"), NOW)
    assert old.gate.answer(Feature.CONNECT).cause is Cause.PANEL_VERSION
    assert old.gate.answer(Feature.CUSTOMER_PAGES).on


def test_a_broken_panel_is_no_reason_to_say_nothing(tmp_path: Path) -> None:
    """What does not depend on its version goes on."""
    here = situation(tmp_path, Plesk(""), NOW)
    assert here.problems == ("plesk version says nothing",)
    assert not here.gate.answer(Feature.CONNECT).on
    assert here.gate.answer(Feature.DOMAIN_RULES).on


def test_what_was_found_before_is_not_looked_for_again(tmp_path: Path) -> None:
    """The daemon may not run the panel's commands."""
    known = PanelInfo("plesk", "18.0.62", "", "Postfix", "")
    here = situation(tmp_path, Plesk(""), NOW, found=known)
    assert here.problems == ()
    assert here.gate.answer(Feature.CONNECT).on


def test_only_the_daemon_remembers(tmp_path: Path) -> None:
    """E10: looking begins no trial."""
    situation(tmp_path, Plesk("18.0.62"), NOW)
    assert list(tmp_path.iterdir()) == []
    situation(tmp_path, Plesk("18.0.62"), NOW, remember=True)
    assert situation(tmp_path, Plesk("18.0.62"), NOW + 31 * DAY).standing.state is State.NONE


def test_a_damaged_memory_is_said(tmp_path: Path) -> None:
    """E10."""
    (tmp_path / MEMORY_FILE).write_text("{")
    assert "damaged" in situation(tmp_path, Plesk("18.0.62"), NOW).problems[0]
