"""Whether a Dovecot that was changed still greets everybody, and really asks the daemon.

It logs in with a name that cannot exist, from a loopback address that nobody uses, and leaves
without waiting for the refusal.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable

from core.errors import PlanError
from core.mta.knock import Door, Visit, random_loopback
from core.panel import Knock

DEADLINE = 15.0
"""Seconds after a reload in which processes with the old settings may still answer."""

ANSWER = 2.0
"""Seconds for one question to become visible to whoever `asked` asks."""

_PAUSE = 0.05


def probe(
    doors: Iterable[Door], asked: Callable[[str], bool], deadline: float | None = None
) -> None:
    """Knock at every door, and log in at one of them.

    Args:
        asked: whether the daemon has seen a request for this login name.
        deadline: seconds until the daemon must have been asked; None for `DEADLINE`.

    Raises:
        PlanError: a door does not greet, or the daemon was not asked, or there is no door.
    """
    for knock in knocks(doors, asked, deadline):
        if knock.problem:
            raise PlanError(knock.problem)


def knocks(
    doors: Iterable[Door], asked: Callable[[str], bool], deadline: float | None = None
) -> list[Knock]:
    """Knock at every door, and log in at one of them; tells of each.

    One login that reaches the daemon proves it for all of them, because one service of Dovecot
    decides for all; and a plain door may take no password at all.

    Args:
        doors: where people fetch their mail.
        asked: whether the daemon has seen a request for this login name.
        deadline: seconds until the daemon must have been asked; None for `DEADLINE`.

    Raises:
        PlanError: there is no door, or whoever is `asked` cannot say.
    """
    # A door that speaks TLS takes every password; a plain one may take none.
    found = sorted(doors, key=lambda door: not door.tls)
    if not found:
        raise PlanError("Dovecot has no IMAP or POP3 port at which a login could be tried")
    silent = {door: problem for door in found if (problem := _silence(door))}
    if silent:
        return [Knock(str(door), "cannot say", silent.get(door, "")) for door in found]
    deadline = DEADLINE if deadline is None else deadline
    until = time.monotonic() + deadline
    while not (asking := next((door for door in found if _asks(door, asked)), None)):
        if time.monotonic() > until:
            names = ", ".join(map(str, found))
            problem = (
                f"the daemon was not asked about a login at {names} within {deadline:g} seconds: "
                "is it listening where Dovecot looks for it?"
            )
            return [Knock(str(door), "not asked", problem) for door in found]
    return [Knock(str(door), "asked" if door is asking else "cannot say") for door in found]


def _silence(door: Door) -> str:
    """Why a door does not greet, "" when it does."""
    try:
        with Visit(door) as visit:
            _check_greeting(visit)
    except OSError as error:
        return f"{door} does not greet any more: {error}"
    return ""


def _asks(door: Door, asked: Callable[[str], bool]) -> bool:
    login = f"mailward-probe-{secrets.token_hex(8)}@invalid"
    # On a plain port Dovecot takes passwords only from its own address (disable_plaintext_auth).
    source = random_loopback() if door.tls or door.proxied else ""
    if ":" in door.address:
        source = ""
    try:
        with Visit(door, source) as visit:
            _check_greeting(visit)
            _log_in(visit, login)
            until = time.monotonic() + ANSWER
            while not asked(login):
                if time.monotonic() > until:
                    return False
                time.sleep(_PAUSE)
            return True
    except OSError as error:
        raise PlanError(f"{door} does not greet any more: {error}") from error


def _check_greeting(visit: Visit) -> None:
    if not visit.greeting.startswith(("* OK", "+OK")):
        raise OSError(f"it said {visit.greeting!r}" if visit.greeting else "it hung up")


def _log_in(visit: Visit, login: str) -> None:
    password = secrets.token_hex(8)
    if visit.greeting.startswith("+OK"):
        visit.say(f"USER {login}")
        visit.hear()
        visit.say(f"PASS {password}")
    else:
        visit.say(f'a LOGIN "{login}" "{password}"')
