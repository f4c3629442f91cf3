"""How the readers of programs look: what `programs.py` asks for, and what it gets."""

from __future__ import annotations

from collections.abc import Callable

from core.maillog.record import Record

Reading = Callable[[bytes, float], Record | None]
"""From the message of one line, without header and line end, and its time, to what it says."""

Family = Callable[[bytes], Reading | None]
"""From a program's name, without its process number, to who reads it; None: nobody of ours."""
