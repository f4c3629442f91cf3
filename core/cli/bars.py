"""A bar for each source while it is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Column

from core.sources.progress import UpdateResult

_SIGN = {
    "updated": "[green]updated[/]",
    "failed": "[red]failed[/]",
    "removed": "[yellow]removed[/]",
}


class Bars:
    """Draws what the updater tells.

    Args:
        page: where the bars are drawn.
    """

    def __init__(self, page: Progress) -> None:
        self._page = page
        self._tasks: dict[str, TaskID] = {}

    def plan(self, names: tuple[str, ...]) -> None:
        """A bar for each."""
        for name in names:
            self._tasks[name] = self._page.add_task(name, total=None, start=False, said="")

    def begin(self, name: str, total: int | None) -> None:
        """Bytes will come."""
        task = self._tasks[name]
        self._page.reset(task, total=total)

    def advance(self, name: str, size: int) -> None:
        """Bytes came."""
        self._page.advance(self._tasks[name], size)

    def end(self, result: UpdateResult) -> None:
        """The bar is full, whatever came."""
        task = self._tasks[result.name]
        sign = _SIGN.get(result.outcome, result.outcome)
        self._page.update(task, total=1, completed=1, said=sign)


@contextmanager
def bars() -> Iterator[Bars]:
    """Bars for the length of an update."""
    columns = (
        TextColumn("{task.description:<14}", table_column=Column(no_wrap=True)),
        BarColumn(bar_width=20),
        DownloadColumn(),
        TextColumn("{task.fields[said]}"),
    )
    # They go away at the end, when there is more to say than fits beside them.
    with Progress(*columns, console=Console(highlight=False), transient=True) as page:
        yield Bars(page)


@contextmanager
def reading(size: int) -> Iterator[Callable[[int], None]]:
    """A bar for the length of reading files; what it yields is told how much is read.

    Args:
        size: octets that there are.
    """
    columns = (
        TextColumn("reading"),
        BarColumn(bar_width=30),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(highlight=False), transient=True) as page:
        task = page.add_task("reading", total=size)
        yield lambda position: page.update(task, completed=position)
