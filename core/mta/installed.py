"""Which mail servers are installed here, in which version, and the hooks for them.

Asks their own commands. What a panel has to say about them beyond that is for the panel.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.mta.dovecot import DovecotHook
from core.mta.postfix import PostfixHook
from core.panel import Doors, MailHook
from core.system.host import Host

SECONDS = 10.0
"""How long a command of the mail server may take."""


def postfix_version(host: Host) -> str:
    """Postfix's version, "" where it is not installed."""
    result = host.run(("postconf", "-d", "-h", "mail_version"), timeout=SECONDS)
    return result.stdout.strip() if not result.code else ""


def dovecot_version(host: Host) -> str:
    """Dovecot's version, "" where it is not installed."""
    result = host.run(("dovecot", "--version"), timeout=SECONDS)
    return result.stdout.split(maxsplit=1)[0] if not result.code and result.stdout else ""


def hooks(host: Host, doors: Doors, state: Path, *, postfix: bool = True) -> list[MailHook]:
    """The hooks for what is installed; Dovecot's only where its door is open.

    Dovecot first: an old login process of its stays while an smtpd is connected to it, and
    Postfix's reload ends those.

    Args:
        host: the machine.
        doors: where the daemon listens.
        state: folder of undo records.
        postfix: False where another server has Postfix's place, though it is installed.
    """
    found: list[MailHook] = []
    if doors.dovecot and dovecot_version(host):
        found.append(DovecotHook(host, doors.dovecot, doors.dovecot_secret, state))
    if postfix and postfix_version(host):
        endpoint = reachable(host, doors.policy)
        found.append(PostfixHook(host, endpoint, state, socket_owner=doors.user))
    return found


def reachable(host: Host, endpoints: Sequence[str]) -> str:
    """The endpoint that every smtpd can reach: one in a chroot sees its queue directory only.

    Where none is such, the first: the hook says whether that will do.
    """
    result = host.run(("postconf", "-x", "-h", "queue_directory"), timeout=SECONDS)
    inside = f"unix:{result.stdout.strip().rstrip('/')}/"
    for endpoint in endpoints:
        if endpoint.startswith((inside, "tcp:")):
            return endpoint
    return endpoints[0]
