"""A server's Postfix for panels' contracts: in a folder, answering what a panel asks of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.core.mta.machines import PostfixFolder

if TYPE_CHECKING:
    from pathlib import Path

TOUCHED = (r"etc/postfix/(main|master)\.cf", r"etc/postfix", r"var/spool/postfix(/mailward)?")
"""What a hook for Postfix may change."""


def postfix_server(root: Path, name: str = "plesk") -> PostfixFolder:
    """A sample server of `tests.core.mta.machines` that also tells what Postfix was built with."""
    root.mkdir()
    host = PostfixFolder.of(root, name)
    answer = host.answers["postconf"]

    def postconf(command: Sequence[str]) -> tuple[int, str]:
        if command[1:] == ("-d", "-h", "mail_version"):
            return 0, f"{host.version}\n"
        if command[1:3] == ("-x", "-h"):
            code, text = answer(("postconf", "-x", *command[3:]))
            return code, text.partition(" = ")[2]
        return answer(command)

    host.answers["postconf"] = postconf
    host.answers["dovecot"] = lambda _: (127, "")
    return host
