"""Where a command runs in a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from click.testing import CliRunner, Result

from core.cli.program import program
from core.panel import Viewer
from core.settings.config import Config
from tests.core.desk.office import Office


class Served:
    """Stands in for the pages."""

    def __init__(self) -> None:
        self.served: list[Config] = []
        self.served_customers: list[Config] = []

    def serve(self, config: Config, panel: Any) -> None:
        """Note it."""
        self.served.append(config)

    def serve_customers(self, config: Config, panel: Any) -> None:
        """Note it."""
        self.served_customers.append(config)

    def key(self, config: Config, viewer: Viewer, until: float) -> str:
        """A key that says whom it lets in."""
        return f"{viewer.role}/{viewer.login}"


class Desk(Office):
    """Runs commands on directories of their own."""

    def __init__(self, directory: Path, run: Path) -> None:
        super().__init__(directory, run)
        self.served: list[Config] = []
        self.pages = Served()
        self._program = program(self.panel, self._serve, self.pages)

    def _serve(self, config: Config, panel: object) -> None:
        assert panel is self.panel
        self.served.append(config)

    def __call__(self, *words: str, code: int = 0, text: str = "", width: int = 80) -> Result:
        """Run a command, and make sure that it ends with this code and without a traceback."""
        result = CliRunner(env={"COLUMNS": str(width)}).invoke(
            self._program, ["--config", str(self.file), *words], input=text, prog_name="mailward"
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    def json(self, *words: str, code: int = 0) -> Any:
        """The document that a command prints."""
        return msgspec.json.decode(self(*words, code=code).stdout)
