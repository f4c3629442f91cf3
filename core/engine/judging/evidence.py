"""What an attacker did, in one line that people understand."""

from __future__ import annotations

import time

from core.engine.judging.scores import Tally


def of_address(tally: Tally, sides: int, at: float) -> str:
    """What an address did.

    Args:
        tally: what is known of it.
        sides: from how many networks its account is attacked, 0 when it is not.
        at: when last, seconds since 1970.
    """
    if tally.accounts > 1:
        what = f"tried {counted(tally.accounts, 'account', 'accounts')}"
    else:
        passwords = counted(max(1, tally.others), "password", "passwords")
        what = f"tried {passwords} of one account"
    if sides:
        what += f" that {sides} networks attack"
    return tried(what, at - tally.born, at)


def of_network(tally: Tally, at: float) -> str:
    """What the addresses of a network did; `at` as in `of_address`."""
    accounts = counted(tally.accounts, "account", "accounts")
    return tried(f"{tally.others} of its addresses tried {accounts}", at - tally.born, at)


def of_system(tally: Tally, at: float) -> str:
    """What the networks of a system did; `at` as in `of_address`."""
    return tried(f"guessing from {tally.others} of its networks", at - tally.born, at)


def tried(what: str, seconds: float, at: float) -> str:
    """The evidence: what was tried, in which time, and when last.

    Args:
        what: as in "tried 14 accounts".
        seconds: how long it took.
        at: when last, seconds since 1970.
    """
    last = time.strftime("%H:%M UTC", time.gmtime(at))
    return f"{what} in {_length(seconds)}, last at {last}"


def _length(seconds: float) -> str:
    for unit, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        count = round(seconds / unit)
        if count > 1 or (count == 1 and seconds >= 0.9 * unit):
            return f"{count} {name}{'s' if count > 1 else ''}"
    count = max(1, round(seconds))
    return f"{count} second{'s' if count > 1 else ''}"


def counted(number: int, one: str, more: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else more}"
