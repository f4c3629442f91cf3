"""Takes the README's picture: a real run of the demo, as a terminal shows it. ``./dev picture``."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).parent.parent / "docs" / "demo.svg"
COLUMNS = 96
ROWS = 14
"""Decisions that are shown of each act."""

ACTS = ("2. A botnet", "3. ", "4. ")

FRAME = """<svg viewBox="0 0 {terminal_width} {terminal_height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
    font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
    font-size: {char_height}px; line-height: {line_height}px;
}}
{styles}
</style>
<defs>{lines}</defs>
<rect width="{terminal_width}" height="{terminal_height}" rx="8" fill="#16181d"/>
<g transform="translate(9, 9)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""Nothing in it is loaded from anywhere: the reader's own fixed-width font is used."""


def record() -> str:
    """What a run prints, with its colours."""
    heard = bytearray()
    with tempfile.TemporaryDirectory() as place:
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (ROWS, COLUMNS))
        command = [sys.executable, "-m", "demo", "--fresh", "--seconds", "30"]
        process = subprocess.Popen(
            [*command, "--directory", f"{place}/demo"],
            stdout=theirs,
            stderr=theirs,
            env=os.environ | {"COLUMNS": str(COLUMNS), "LINES": "50", "TERM": "xterm-256color"},
        )
        os.close(theirs)
        while True:
            try:
                piece = os.read(ours, 65_536)
            except OSError:  # the other side has ended
                break
            if not piece:
                break
            heard += piece
        os.close(ours)
        if process.wait():
            raise SystemExit(heard.decode(errors="replace"))
    printed = heard.decode(errors="replace").replace("\r", "")
    return printed.replace(f"{place}/demo", ".demo")


def chosen(lines: list[str]) -> list[str]:
    """The acts in which something is refused: how two begin, and how the last one ends."""
    acts: dict[str, list[str]] = {}
    for line in lines:
        plain = Text.from_ansi(line).plain
        if plain.startswith("── "):
            acts[plain] = []
        if acts:
            acts[next(reversed(acts))].append(line)
    kept: list[str] = []
    for wanted in ACTS:
        act = next(told for title, told in acts.items() if title.startswith(f"── {wanted}"))
        told = [line for line in act if line.strip()]
        kept += [*told[:ROWS], ""] if wanted != ACTS[-1] else told[:3] + told[3 - ROWS :]
    return kept


def main() -> None:
    """Record, choose, write."""
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        for line in chosen(record().splitlines()):
            console.print(Text.from_ansi(line), no_wrap=True, overflow="ellipsis")
        console.print("\n")  # the frame's own margin would cut the last line
        PICTURE.write_text(console.export_svg(title="", code_format=FRAME, unique_id="demo"))


if __name__ == "__main__":
    main()
