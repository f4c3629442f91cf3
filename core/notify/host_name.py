"""This server's full name, as the sender of its own mails."""

from __future__ import annotations

import re
import socket
from typing import Final

NAMELESS: Final = "localhost"

_NAME: Final = re.compile(
    r"^(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z0-9-]+$"
)
"""A host name (RFC 1123 2.1)."""


def host_name() -> str:
    """The full name; a name server is asked only when the system's own name has no domain."""
    own = socket.gethostname()
    name = own if "." in own else socket.getfqdn(own)
    return name if _NAME.match(name) else NAMELESS
