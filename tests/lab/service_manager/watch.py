"""Path units."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.lab.service_manager.service import LATEST
from tests.lab.service_manager.units import every


class Watch:
    """A path unit: starts its service when a file changes or a folder has something in it."""

    def __init__(self, name: str, start: Callable[[str], object]) -> None:
        self.name = name
        self._start = start
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more, and start nothing any more that was just seen."""
        self._ended.set()
        self._thread.join(LATEST)

    def _state(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path in every(self.name, "PathChanged"):
            try:
                status = Path(path).stat()
                found[path] = (status.st_mtime_ns, status.st_ino, status.st_size)
            except OSError:
                found[path] = None
        return found

    def _has_requests(self) -> bool:
        return any(
            folder.is_dir() and any(folder.iterdir())
            for folder in map(Path, every(self.name, "DirectoryNotEmpty"))
        )

    def _run(self) -> None:
        service = self.name.replace(".path", ".service")
        before = self._state()
        while not self._ended.wait(0.1):
            try:
                now = self._state()
                if now != before or self._has_requests():
                    self._start(service)
                    before = self._state()
            except OSError:
                return
