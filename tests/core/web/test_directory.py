"""The panel is asked once a minute, and what it said last counts when it is silent."""

from __future__ import annotations

from core.errors import PanelBroken
from core.panel import MailDomain, Role
from core.web.directory import SECONDS, Directory
from tests.core.web.rig import TestPanel


class Slow(TestPanel):
    """Counts how often it is asked."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.broken = False

    def domains(self) -> list[MailDomain]:
        self.asked += 1
        if self.broken:
            raise PanelBroken("the panel does not answer")
        return super().domains()


def test_asks_again_after_a_minute_or_when_told() -> None:
    panel, now = Slow(), [1000.0]
    directory = Directory(panel, lambda: now[0])
    directory.all()
    now[0] += SECONDS - 1
    directory.all()
    assert panel.asked == 1
    now[0] += 1
    directory.all()
    assert panel.asked == 2
    directory.forget()
    directory.all()
    assert panel.asked == 3


def test_clock_that_was_set_back_does_not_freeze_it() -> None:
    panel, now = Slow(), [1000.0]
    directory = Directory(panel, lambda: now[0])
    directory.all()
    now[0] = 10.0
    directory.all()
    assert panel.asked == 2


def test_silent_panel_leaves_what_it_said_and_a_problem() -> None:
    panel, now = Slow(), [1000.0]
    directory = Directory(panel, lambda: now[0])
    before = directory.of(Role.CUSTOMER, "anna")
    panel.broken = True
    now[0] += SECONDS
    assert directory.of(Role.CUSTOMER, "anna") == before
    assert directory.problem == "the panel does not answer"
    panel.broken = False
    now[0] += SECONDS
    directory.all()
    assert not directory.problem


def test_which_mailboxes_there_may_be() -> None:
    """A panel that does not name mailboxes may have any."""
    panel = Slow()
    panel.listed.append(MailDomain("open.example", "anna", "rita", True))
    directory = Directory(panel, lambda: 1000.0)
    asked = ("bob@alpha.example", "bbo@alpha.example", "bob@open.example", "bob@no.example")
    assert [directory.may_have(each) for each in asked] == [True, False, True, False]
    panel.listed.clear()
    directory.forget()
    assert directory.may_have("bob@no.example")
