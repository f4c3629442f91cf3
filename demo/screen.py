"""What the demo prints: a calm stream of decisions, told in acts. Threads may share a screen.

Colours and widths follow the terminal, NO_COLOR and COLUMNS; into a pipe or file go plain lines
that are never cut.
"""

from __future__ import annotations

import os
import sys
import textwrap
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from core.store.event import Event
from core.words import Stage, Verdict
from demo.line import MEANINGS, STYLES, lines

PIPE_WIDTH = 10_000
TEXT_WIDTH = 92
"""Columns beyond which prose is tiring to read."""

INDENT = "   "
SHOWN_MAILS = 2
"""Mails in a row that are shown one by one; then one of each `EACH`."""

EACH = 50
BURST_SECONDS = 60.0


class Bursts:
    """Counts mails in a row, so that a hundred and fifty of them do not flood the screen."""

    def __init__(self) -> None:
        self._runs: dict[str, tuple[int, float]] = {}

    def remark(self, event: Event) -> str | None:
        """What to say of a mail: "" nothing special, None that it is not shown at all."""
        if event.stage is not Stage.SEND or event.verdict is not Verdict.ALLOW:
            if event.verdict is not Verdict.ALLOW:
                self._runs.pop(event.account, None)
            return ""
        count, last = self._runs.get(event.account, (0, 0.0))
        count = count + 1 if event.last - last < BURST_SECONDS else 1
        self._runs[event.account] = count, event.last
        if count <= SHOWN_MAILS:
            return ""
        return f"{count} mails so far" if count % EACH == 0 else None


class Screen:
    """A terminal, or what stands for it.

    Args:
        quiet: acts and results only, no single decisions.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        plain = not sys.stdout.isatty() and not os.environ.get("COLUMNS")
        self._console = Console(highlight=False, width=PIPE_WIDTH if plain else None)
        self._quiet = quiet
        self._guard = threading.Lock()
        self._bursts = Bursts()
        self.decisions = 0

    @property
    def width(self) -> int:
        """Columns; very many where nobody looks."""
        return self._console.width

    def event(self, event: Event) -> None:
        """Print a decision."""
        with self._guard:
            self.decisions += 1
            remark = self._bursts.remark(event)
            if self._quiet or remark is None:
                return
            for line in lines(event, self._console.width, remark):
                self._put(line)

    def act(self, number: int, title: str, text: str) -> None:
        """Announce an act."""
        with self._guard:
            self._put(Text())
            self._rule(f"{number}. {title}")
            self._prose(text)

    def tell(self, text: str, command: str = "") -> None:
        """Say something about what happens, and which command does the same."""
        with self._guard:
            self._prose(text, "bold")
            if command:
                width = self._console.width - len(INDENT) - 6
                text = f" \\\n{INDENT}      ".join(textwrap.wrap(command, width))
                self._put(Text(f"{INDENT}$ {text}", "cyan"))

    def title(self, text: str) -> None:
        """A heading."""
        with self._guard:
            self._rule(text)

    def say(self, text: str = "") -> None:
        """A paragraph."""
        with self._guard:
            self._prose(text) if text else self._put(Text())

    def legend(self) -> None:
        """What the words of a decision mean."""
        with self._guard:
            for word, meaning in MEANINGS.items():
                line = Text(INDENT)
                line.append(f"{word:9}", STYLES[word])
                line.append(meaning, "dim")
                self._put(line)

    def commands(self, listed: Sequence[tuple[str, str]]) -> None:
        """Commands to try, each with what it shows where there is room for that."""
        purposes = max(len(purpose) for _, purpose in listed)
        room = self._console.width - len(INDENT) - purposes - 4
        fitting = [len(command) for command, _ in listed if len(command) <= room]
        column = max(fitting, default=0) + 2
        with self._guard:
            for command, purpose in listed:
                line = Text().append(f"{INDENT}{command}", "cyan")
                if purpose and len(command) <= room:
                    line.append(" " * (column - len(command)) + f"# {purpose}", "dim")
                self._put(line)

    def addresses(self, listed: Sequence[tuple[str, str]]) -> None:
        """Addresses to open, each whole on a line of its own, so that a terminal can follow it."""
        with self._guard:
            for name, address in listed:
                self._put(Text(f"{INDENT}{name}:"))
                self._put(Text(address, "cyan"))

    def quote(self, text: str) -> None:
        """A mail, as it is."""
        width = self._console.width - len(INDENT) - 2
        with self._guard:
            for line in text.splitlines():
                wrapped = textwrap.wrap(line, width, drop_whitespace=False) or [""]
                for part in wrapped:
                    self._put(Text(f"{INDENT}| {part}".rstrip(), "dim"))

    @contextmanager
    def progress(self, label: str) -> Iterator[Bar]:
        """A bar for a step that takes seconds."""
        columns = (TextColumn(f"{INDENT}{{task.description}}"), BarColumn(24), TaskProgressColumn())
        watched = self._console.is_terminal
        with Progress(
            *columns, console=self._console, transient=True, disable=not watched
        ) as shown:
            yield Bar(shown, label)

    def _rule(self, title: str) -> None:
        width = min(self._console.width, TEXT_WIDTH + len(INDENT))
        line = Text().append("── ", "dim")
        line.append(title, "bold")
        line.append(" " + "─" * max(0, width - len(line) - 1), "dim")
        self._put(line)

    def _prose(self, text: str, style: str = "") -> None:
        width = min(self._console.width, TEXT_WIDTH) - len(INDENT)
        for paragraph in text.splitlines():
            for line in textwrap.wrap(paragraph, width, break_on_hyphens=False):
                self._put(Text(INDENT + line, style))

    def _put(self, line: Text) -> None:
        self._console.print(line, no_wrap=True, overflow="ignore", crop=False, soft_wrap=True)


class Bar:
    """A progress bar."""

    def __init__(self, shown: Progress, label: str) -> None:
        self._shown = shown
        self._task = shown.add_task(label, total=1.0)

    def set(self, part: float, label: str = "") -> None:
        """How much is done, from 0 to 1, and what is being done."""
        if label:
            self._shown.update(self._task, completed=part, description=label)
        else:
            self._shown.update(self._task, completed=part)
