"""`python3 FOLDER serve` is the manager, everything else is `systemctl`."""

from __future__ import annotations

import sys

from tests.lab.service_manager.door import ask, serve

if sys.argv[1:2] == ["serve"]:
    serve()
else:
    sys.exit(ask(sys.argv[1:]))
