"""The desk: what lies before one person who looks at Mailward or changes it.

A page request or a command makes one and hands it to the modules beside it. It keeps nothing: all
that there is to know is in the store, in the daemon and on the disk. What a person may see or
change is decided by whoever makes the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from core.desk import plans
from core.errors import ControlError, DaemonUnreachable, StoreError
from core.settings.scope import Resolved, typed
from core.words import N_

if TYPE_CHECKING:
    from core.control import Control
    from core.panel import Panel
    from core.settings.config import Config
    from core.store.audit import StoredScope
    from core.store.store import Store


class Told(Struct, frozen=True):
    """What the daemon said when it was told of a change. The change is made in every case.

    Attributes:
        reached: whether it answered; one that is down takes the change when it starts.
        refused: why it did not take it, "" when it did.
        problems: what it has to say about the settings.
        audit: numbers of the entries in the audit trail that the change made, for an undo.
    """

    reached: bool
    refused: str = ""
    problems: tuple[str, ...] = ()
    audit: tuple[int, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """For people; nothing when all is well."""
        if not self.reached:
            return (N_("The daemon is not running; it will take this when it starts."),)
        if self.refused:
            return (f"The daemon did not take it: {self.refused}",)
        return tuple(f"The daemon says: {problem}" for problem in self.problems)


class Rules(Struct, frozen=True):
    """All settings as they count now.

    Attributes:
        resolved: the settings.
        left_out: stored values that no longer pass and therefore do not count, in words.
    """

    resolved: Resolved
    left_out: tuple[str, ...] = ()


class Memory:
    """Rules as they were read last, for a process that reads them again and again.

    Checking lists of thousands of entries takes a tenth of a second. The store's revision tells
    whether that is to be done anew.
    """

    def __init__(self) -> None:
        self._known: tuple[Hashable, Rules] | None = None

    def rules(self, revision: Hashable, read: Callable[[], Rules]) -> Rules:
        """The rules of a revision.

        Args:
            revision: what the store and the plans say, asked before `read` is called.
            read: reads them when they are not known.
        """
        known = self._known
        if known is None or known[0] != revision:
            known = self._known = (revision, read())
        return known[1]


class Desk:
    """What lies before one person.

    Args:
        config: where everything is.
        panel: what is true of this server's panel.
        control: the way to the daemon.
        who: who this is, for the audit trail.
        store: the open store; None where there is none (yet).
        absent: why there is no store, "" when nothing has been set yet, so that the defaults count.
        memory: of the process, for the store; None to read everything each time.
    """

    def __init__(
        self,
        config: Config,
        panel: Panel,
        control: Control,
        who: str,
        store: Store | None,
        absent: str = "",
        memory: Memory | None = None,
    ) -> None:
        self.config = config
        self.panel = panel
        self.control = control
        self.who = who
        self._store = store
        self._absent = absent
        self._memory = memory

    @property
    def store(self) -> Store:
        """The open store.

        Raises:
            StoreError: there is none; the text says why.
        """
        if self._store is None:
            raise StoreError(self._absent or "there is no store yet: nothing has been set")
        return self._store

    @property
    def has_store(self) -> bool:
        """Whether there is a store."""
        return self._store is not None

    def stored(self) -> dict[StoredScope, dict[str, Any]]:
        """What is set, by scope, as it is stored; nothing before anything was set.

        Raises:
            StoreError: the store is away or cannot be read.
        """
        if self._store is None and not self._absent:
            return {}
        return self.store.settings.all()

    def rules(self) -> Rules:
        """All settings as they count now.

        Raises:
            StoreError: the store is away or cannot be read.
        """
        if self._memory is None or self._store is None:
            return self._read_rules()
        revision = self.store.settings.revision(), plans.stamp(self.config)
        return self._memory.rules(revision, self._read_rules)

    def _read_rules(self) -> Rules:
        resolved, left_out = typed(self.stored())
        told = plans.told(self.config)
        return Rules(resolved.under(told.without_plan, told.homes), tuple(left_out))

    def reload(self, audit: Iterable[int] = ()) -> Told:
        """Make the daemon take a change. Never an error: the change is made already.

        Args:
            audit: numbers of the entries that the change made in the audit trail.
        """
        entries = tuple(audit)
        try:
            answer = self.control.call("reload")
        except DaemonUnreachable:
            return Told(False, audit=entries)
        except ControlError as error:
            return Told(True, refused=str(error), audit=entries)
        problems: Collection[Any] = answer.get("problems", ())
        return Told(True, problems=tuple(map(str, problems)), audit=entries)
