"""Where logs usually lie."""

from __future__ import annotations

import subprocess
import sys

from core.maillog.dialects import DIALECTS
from core.maillog.whereabouts import FILES


def test_every_dialect_has_its_places() -> None:
    """The table is apart from what reads logs, and must stay in step with it."""
    assert list(FILES) == list(DIALECTS)
    assert all(DIALECTS[name].files is files and files for name, files in FILES.items())


def test_who_only_chooses_logs_loads_nothing_that_reads_them() -> None:
    """The daemon does; a process of its own reads."""
    program = "import sys; from core.maillog.choice import choose; choose(['auto']); "
    program += "print(*(name for name in sys.modules if name.startswith('core.maillog.')))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.split())
    assert "core.maillog.choice" in loaded
    readers = {dialect.make.__module__ for dialect in DIALECTS.values()}
    assert not loaded & {"core.maillog.dialects", "core.maillog.journal", *readers}
