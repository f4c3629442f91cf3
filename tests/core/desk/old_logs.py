"""Old logs for tests: days of logins, failures and mails."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

RUSSIA: Final = "203.0.113.7"
GERMANY: Final = "198.51.100.7"
COUNTRIES: Final = {"203.0.113.0/24": "RU", "198.51.100.0/24": "DE"}

TODAY: Final = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


def line(day: int, second: int, text: str) -> str:
    """A line of so many days ago."""
    at = TODAY - timedelta(days=day) + timedelta(seconds=second)
    return f"{at.isoformat()} mail {text}\n"


def login(day: int, second: int, account: str, address: str = GERMANY) -> str:
    """Somebody reads mail."""
    what = f"Login: user=<{account}>, method=PLAIN, rip={address}, lip=192.0.2.2, TLS, session=<x>"
    return line(day, second, f"dovecot: imap-login: {what}")


def failure(day: int, second: int, address: str = RUSSIA) -> str:
    """Somebody guesses."""
    what = f"warning: unknown[{address}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6"
    return line(day, second, f"postfix/smtps/smtpd[9]: {what}")


def mail(day: int, second: int, account: str, queue_id: str, address: str = GERMANY) -> str:
    """Somebody sends a mail to two."""
    who = f"client=h[{address}], sasl_method=PLAIN, sasl_username={account}"
    what = f"from=<{account}>, size=9, nrcpt=2 (queue active)"
    return line(day, second, f"postfix/submission/smtpd[9]: {queue_id}: {who}") + line(
        day, second, f"postfix/qmgr[9]: {queue_id}: {what}"
    )


def day_of(day: int) -> str:
    """One day: two logins, one of them from Russia, three guesses, and a mail."""
    return "".join(
        (
            login(day, 0, "a@example.test"),
            login(day, 1, "b@example.test", RUSSIA),
            *(failure(day, 2 + number) for number in range(3)),
            mail(day, 9, "a@example.test", f"4Z{day:03}ABC"),
        )
    )


def write_days(folder: Path, days: int) -> list[str]:
    """A log that was rotated daily: the last as it is, the one before, and packed ones."""
    names = []
    for day in range(1, days + 1):
        data = day_of(day).encode()
        if day == 1:
            path = folder / "mail.log"
        elif day == 2:
            path = folder / "mail.log.1"
        else:
            path = folder / f"mail.log.{day - 1}.gz"
            data = gzip.compress(data)
        path.write_bytes(data)
        stamp = (TODAY - timedelta(days=day - 1)).timestamp()
        os.utime(path, (stamp, stamp))
        names.append(str(path))
    return names
