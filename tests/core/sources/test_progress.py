"""Nobody has to watch."""

from __future__ import annotations

from core.sources.progress import Progress, Silent, UpdateResult


def test_silence_takes_whatever_it_is_told() -> None:
    watcher: Progress = Silent()
    watcher.plan(("country",))
    watcher.begin("country", None)
    watcher.advance("country", 7)
    watcher.end(UpdateResult("country", "updated", "now of today"))
