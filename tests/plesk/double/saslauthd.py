"""The double's `plesk_saslauthd`, which Cyrus SASL asks for passwords; runs inside the machine.

Only the standard library, and nothing of this project: it is copied into machines. The wire is
that of saslauthd(8): four counted strings (login, password, service, realm), one counted answer.
What it writes into the mail log is what Plesk's writes (facts/plesk.md 7.2). The accounts that it
knows are its arguments; their right passwords are in a database that Cyrus asks first, so whatever
comes here is wrong.
"""

from __future__ import annotations

import os
import socket
import socketserver
import struct
import sys
import time
from pathlib import Path

DOOR = Path("/run/plesk_saslauthd")
LOG = Path("/var/log/mail.log")

KNOWN = frozenset(sys.argv[1:])


def log(text: str) -> None:
    """Write a line as syslog does, into the file that has the name now."""
    stamp = time.strftime("%b %e %H:%M:%S")
    line = f"{stamp} {socket.gethostname()} plesk_saslauthd[{os.getpid()}]: {text}\n"
    descriptor = os.open(LOG, os.O_WRONLY | os.O_APPEND)
    os.write(descriptor, line.encode())
    os.close(descriptor)


class Door(socketserver.StreamRequestHandler):
    """One question."""

    def handle(self) -> None:
        """Refuse, and say why in the log."""
        login, password, _, realm = (self._string() for _ in range(4))
        account = f"{login}@{realm}" if realm and "@" not in login else login
        if account not in KNOWN:
            log(f"No such user '{account}' in mail authorization database")
        length = len(password)
        log(f"failed mail authentication attempt for user '{account}' (password len={length})")
        self.wfile.write(struct.pack("!H", 2) + b"NO")

    def _string(self) -> str:
        (length,) = struct.unpack("!H", self.rfile.read(2))
        return self.rfile.read(length).decode("utf-8", "replace")


def main() -> None:
    """Listen until the end."""
    DOOR.unlink(missing_ok=True)
    with socketserver.ThreadingUnixStreamServer(str(DOOR), Door) as server:
        DOOR.chmod(0o777)
        server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
