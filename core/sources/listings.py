"""What changes by the minute about addresses: lists that are asked, or told by others.

Beside `core.sources.sources`, which is opened anew after an update and never changes. Everything
stands in memory; whoever fills it works elsewhere. Used in one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from core.sources.facts import AddressFacts, NetworkHit
from core.sources.status import SourceStatus


class Book(Protocol):
    """One list, ready to be looked into.

    Attributes:
        name: its name in settings and evidence.
    """

    name: str

    def hits(self, facts: AddressFacts) -> tuple[NetworkHit, ...]:
        """Its entries that cover an address. Quick, and never raises."""

    def status(self) -> SourceStatus:
        """How it is."""


@runtime_checkable
class Asked(Protocol):
    """A list that has to be asked about each address."""

    def want(self, facts: AddressFacts) -> None:
        """Ask about an address soon. Returns at once."""


class Silent:
    """A list that is wanted and cannot be used: it lists nobody, and says why.

    Args:
        name: its name in settings.
        label: whose it is.
        problem: what is wrong.
    """

    def __init__(self, name: str, label: str, problem: str) -> None:
        self.name = name
        self._status = SourceStatus(name, problem=problem, credit=label)

    def hits(self, facts: AddressFacts) -> tuple[NetworkHit, ...]:  # noqa: ARG002  a Book's
        """Nobody."""
        return ()

    def status(self) -> SourceStatus:
        """What is wrong."""
        return self._status


class Listings:
    """All of them.

    Args:
        changed: called when an address may have become listed, or is not listed any more: what was
            remembered of a decision before has to be looked through.

    Attributes:
        changed: notes that a list says something else than before.
    """

    __slots__ = ("_asked", "_books", "changed")

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self.changed = changed
        self._books: tuple[Book, ...] = ()
        self._asked: tuple[Asked, ...] = ()

    def use(self, books: Sequence[Book]) -> None:
        """Look into these from now on."""
        self._books = tuple(books)
        self._asked = tuple(book for book in books if isinstance(book, Asked))
        self.changed()

    def hits(self, facts: AddressFacts) -> tuple[NetworkHit, ...]:
        """The entries that cover an address, of all lists."""
        if not self._books or facts.local:
            return ()
        found: tuple[NetworkHit, ...] = ()
        for book in self._books:
            found += book.hits(facts)
        return found

    def want(self, facts: AddressFacts) -> None:
        """Have the lists that have to be asked asked about somebody who logs in."""
        for book in self._asked:
            book.want(facts)

    @property
    def books(self) -> tuple[Book, ...]:
        """Each of them."""
        return self._books

    @property
    def asks(self) -> bool:
        """Whether any list has to be asked."""
        return bool(self._asked)

    def status(self) -> list[SourceStatus]:
        """How each of them is."""
        return [book.status() for book in self._books]
