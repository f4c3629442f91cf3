"""`python3 FOLDER COMMAND [WORD ...]` runs one of cPanel's commands."""

from __future__ import annotations

import sys

from tests.cpanel.double.commands.commands import Commands

code, said = Commands().run(sys.argv[1], sys.argv[2:])
sys.stdout.write(said)
sys.exit(code)
