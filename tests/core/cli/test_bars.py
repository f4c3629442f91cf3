"""Bars tell how each source fares."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.progress import Progress, TextColumn

from core.cli.bars import Bars, bars, reading
from core.sources.progress import UpdateResult


def test_follows_an_update() -> None:
    """Bytes come, and how it ended is said; why is told afterwards, where there is room."""
    page = StringIO()
    columns = (TextColumn("{task.description} {task.completed} {task.fields[said]}"),)
    with Progress(*columns, console=Console(file=page, width=100), auto_refresh=False) as progress:
        watcher = Bars(progress)
        watcher.plan(("country", "aws"))
        watcher.begin("country", 100)
        watcher.advance("country", 40)
        assert progress.tasks[0].completed == 40
        watcher.begin("aws", None)
        watcher.end(UpdateResult("aws", "failed", "no answer"))
        watcher.end(UpdateResult("country", "updated", "new"))
        assert all(task.finished for task in progress.tasks)
    assert "aws 1 failed" in page.getvalue()
    assert "country 1 updated" in page.getvalue()


def test_draw_themselves() -> None:
    """As the updater is given them."""
    with bars() as watcher:
        watcher.plan(("country",))
        watcher.end(UpdateResult("country", "unchanged", "nothing newer"))


def test_reading() -> None:
    """What is read of files, in octets of the disk."""
    with reading(100) as advance:
        advance(40)
        advance(100)
