"""Which mail servers are installed here, in which version, and the hooks for them.

Asks their own commands. What a panel has to say about them beyond that is for the panel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.panel import Doors, MailHook
from core.system.host import Host

if TYPE_CHECKING:
    from core.mta.dovecot import DovecotHook
    from core.mta.exim import EximHook
    from core.mta.exim_config import EximConfig
    from core.mta.exim_places import Places
    from core.mta.postfix import PostfixHook

NOWHERE = "tcp:127.0.0.1:1"
"""For a hook that will not be installed but taken back."""

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


def exim_version(host: Host) -> str:
    """Exim's version, "" where it is not installed."""
    from core.mta import exim_config  # noqa: PLC0415  see `hooks`

    return exim_config.find(host)[1]


def hooks(
    host: Host,
    doors: Doors,
    state: Path,
    *,
    postfix: bool = True,
    connect: bool = True,
    place: Places | Callable[[EximConfig], Places] | None = None,
) -> list[MailHook]:
    """The hooks for what is installed; Dovecot's only where its door is open.

    One that is on record for a server that has no place here any more comes without stages: it is
    to be taken back (`core.desk.hooks.retired`).

    Exim's only where Postfix is not installed, whose place it has: a machine has one of them, and
    the other's commands, if there are any, are left from before. A panel that has Exim says itself
    where its configuration takes our lines, and that it has no Postfix.

    Dovecot first: an old login process of its stays while an smtpd is connected to it, and
    Postfix's reload ends those.

    Args:
        host: the machine.
        doors: where the daemon listens.
        state: folder of undo records.
        postfix: False where another server has Postfix's place, though it is installed.
        connect: whether Postfix or Exim also asks before the login.
        place: where Exim's configuration takes our lines; None where that has to be found out.
    """
    # The daemon asks a panel for its versions only, and would keep these for ever: 1.3 MB.
    from core.mta.dovecot import DovecotHook  # noqa: PLC0415
    from core.mta.exim import EximHook  # noqa: PLC0415
    from core.mta.postfix import PostfixHook  # noqa: PLC0415

    exim = (place is not None or (postfix and not postfix_version(host))) and bool(
        exim_version(host)
    )
    dovecot = bool(doors.dovecot and dovecot_version(host))
    postfix = postfix and place is None and bool(postfix_version(host))
    found: list[MailHook] = []
    if dovecot or _is_on_record(state, DovecotHook.name):
        endpoint = doors.dovecot or NOWHERE
        asking = DovecotHook(host, endpoint, doors.dovecot_secret, state)
        found.append(asking if dovecot else _retired(asking))
    if postfix or _is_on_record(state, PostfixHook.name):
        endpoint = reachable(host, doors.policy)
        hook = PostfixHook(host, endpoint, state, connect=connect, socket_owner=doors.user)
        found.append(hook if postfix else _retired(hook))
    if exim or _is_on_record(state, EximHook.name):
        asks = EximHook(host, doors.policy[0], state, place=place, connect=connect)
        found.append(asks if exim else _retired(asks))
    return found


def _is_on_record(state: Path, name: str) -> bool:
    return any((state / name / place).exists() for place in ("current", "next"))


def _retired(hook: DovecotHook | PostfixHook | EximHook) -> MailHook:
    hook.stages = frozenset()
    return hook


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
