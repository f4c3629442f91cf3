"""What a panel's package implements. One that needs more widens this file for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from core.panel.hook import Change, Doors, MailHook
from core.panel.people import Viewer, Visit
from core.panel.server import Bridge, MailDomain, PanelInfo, Remark, Requirement


@runtime_checkable
class Remarking(Protocol):
    """A panel that has remarks for `mailward doctor`."""

    def remarks(self) -> list[Remark]:
        """What is to be told, asked anew; nothing where all is well.

        Raises:
            MailwardError: the panel does not answer.
        """
        ...


class Panel(Protocol):
    """One control panel, or a server without one.

    Besides what it is asked, a panel tells one thing, where it has an event for it: after the
    password of a mailbox was changed its handler runs ``mailward password-changed ACCOUNT``, which
    ends what came of the old one. A panel that cannot tell has a `Requirement` that says so.
    """

    name: str
    requirements: Sequence[Requirement]

    def probe(self) -> PanelInfo:
        """Find the panel.

        Raises:
            PanelAbsent: it is not installed here.
            PanelBroken: it is installed but does not answer.
            PanelTooOld: it is older than its oldest supported version.
            MailServerUnsupported: its mail server cannot be asked to ask us.
        """
        ...

    def domains(self) -> list[MailDomain]:
        """Every mail domain of the server, with its customer, reseller and plan switch."""
        ...

    def viewer(self, visit: Visit) -> Viewer | None:
        """Who is looking, where the panel's bridge has not signed it (`core.web.bridge`).

        Everything in the visit but the uid is what any local process may have written, so a panel
        believes what its own session says and the uid confirms.

        Returns:
            None for somebody unknown, who then sees nothing. The domains may be left empty: they
            are looked up by role and login among `domains`.

        Raises:
            VisitRefused: as None, with the reason in words.
        """
        ...

    def bridge(self) -> Bridge | None:
        """What carries the pages; None for a server whose pages are opened by signed links."""
        ...

    def registration(self, state: Path) -> Change | None:
        """What makes the panel show us: menu entries, plan items, its own hooks.

        Args:
            state: folder of undo records.

        Returns:
            None where installing the panel's own package did all of it.
        """
        ...

    def hooks(self, doors: Doors, state: Path) -> list[MailHook]:
        """The hooks for the mail servers that run here.

        Args:
            doors: where the daemon listens.
            state: folder of their undo records.
        """
        ...
