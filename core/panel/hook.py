"""How a mail server is made to ask us: hooks, their changes, what a knock at its ports shows."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Literal, Protocol, runtime_checkable

from msgspec import Struct

from core.words import Stage


class HookState(StrEnum):
    """What `MailHook.verify` finds in the mail server's configuration."""

    INSTALLED = "installed"
    MISSING = "missing"
    EDITED = "edited by someone else"


class Doors(Struct, frozen=True):
    """Where the daemon listens, as mail servers are told.

    Attributes:
        policy: endpoints of the policy wire; a hook takes the one that its mail server can reach.
        dovecot: endpoint of Dovecot's wire, "" when it is closed.
        dovecot_secret: what Dovecot must send.
        user: the user as whom the daemon makes its sockets.
    """

    policy: tuple[str, ...]
    dovecot: str
    dovecot_secret: str
    user: str


class Change(Protocol):
    """A change plan as the caller of a hook sees it; `core.system.plan` implements it.

    Attributes:
        left: after `apply`, `undo` or `resume`: what had to be left in place, in words.
    """

    left: tuple[str, ...]

    def describe(self) -> str:
        """The plan as text for people, with a diff of every file it would edit."""
        ...

    def as_data(self) -> dict[str, Any]:
        """The plan as plain values, for programs."""
        ...

    def apply(self, confirm: Callable[[], None] | None = None, *, again: bool = False) -> bool:
        """Make the changes; False when everything already was as planned.

        Args:
            confirm: looks, once all is done, whether it works; where it raises, all is put back.
            again: only what is on record is made again; False where nothing is, as it was never
                made, or somebody has taken it back meanwhile.

        Raises:
            PlanError: it failed, and everything was put back.
        """
        ...

    def resume(self, confirm: Callable[[], None] | None = None) -> bool:
        """Finish what was interrupted; False when nothing was.

        Raises:
            PlanError: as `apply`.
        """
        ...

    def undo(self) -> bool:
        """Take the changes back, other people's edits kept; False when there was nothing to do."""
        ...


class Knock(Struct, frozen=True):
    """What came of knocking at one port of a mail server.

    Attributes:
        port: which, for people: ``submission (127.0.0.1 port 587)``.
        answer: whether the daemon was asked about the knock; "cannot say" where the port greets
            and need not ask, or where nobody can tell.
        problem: what is wrong, "" when nothing is.
    """

    port: str
    answer: Literal["asked", "not asked", "cannot say"]
    problem: str = ""


@runtime_checkable
class Knocker(Protocol):
    """A hook that tells of each port by itself, for a page that shows all of them."""

    def knock(self, asked: Callable[[str], bool]) -> list[Knock]:
        """As `MailHook.probe`, but goes on after the first port that has a problem.

        Args:
            asked: tells whether the daemon has seen a request with this marker.

        Raises:
            MailwardError: the mail server's configuration cannot be read.
        """
        ...


class MailHook(Protocol):
    """How one mail server is made to ask us.

    Attributes:
        name: of the mail server, and of what is on record about it.
        stages: at which it asks; empty for one that is on record, while its mail server has no
            place here any more: what it changed is to be taken back.
    """

    name: str
    stages: frozenset[Stage]

    def plan(self) -> Change:
        """The changes that would install this hook."""
        ...

    def recorded(self) -> Change | None:
        """The change that is in place or was interrupted, to undo or resume it."""
        ...

    def verify(self) -> HookState:
        """Compare the configuration with what the plan would write."""
        ...

    def probe(self, asked: Callable[[str], bool]) -> None:
        """Knock at every guarded port and make sure that the daemon was asked.

        Args:
            asked: tells whether the daemon has seen a request with this marker.

        Raises:
            PlanError: a port shows no banner, or the daemon was not asked.
        """
        ...
