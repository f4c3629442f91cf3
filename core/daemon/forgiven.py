"""Whom a changed password has forgiven what they sent, and that not again at once.

A customer who sends too much can change the password as often as they like: without this, each
change would be another limit's worth of mails.
"""

from __future__ import annotations


class Forgiven:
    """The accounts, until when nothing more is forgiven them."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._until)

    def may(self, account: str, now: float) -> bool:
        """Whether it may be forgiven now."""
        return self._until.get(account, now) <= now

    def note(self, account: str, now: float, seconds: float) -> None:
        """It was, and is not again for so long."""
        self._until = {each: until for each, until in self._until.items() if until > now}
        self._until[account] = now + seconds
