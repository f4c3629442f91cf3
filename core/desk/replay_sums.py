"""What an old log adds to the statistics: exactly what Mailward would have counted itself."""

from __future__ import annotations

from sys import intern

from core.settings.account import domain_of
from core.sources.facts import AddressFacts
from core.store.counts import HOUR
from core.store.event import Event
from core.store.kinds import Kind
from core.store.replays import Counted, Sum
from core.words import Reason, Service, Stage, Verdict

DAY = 24 * HOUR

_LOGIN_OK, _LOGIN_FAILED = Reason.LOGIN_OK, Reason.LOGIN_FAILED


class ReplaySums:
    """Sums that wait to be written.

    Attributes:
        sums: by what is counted together.
    """

    def __init__(self) -> None:
        self.sums: dict[Counted, Sum] = {}
        self._proven: dict[tuple[str, int], Event] = {}

    def __len__(self) -> int:
        """Rows that writing them takes, about."""
        return len(self.sums) + len(self._proven)

    def login(
        self,
        at: float,
        service: Service,
        facts: AddressFacts,
        account: str,
        succeeded: bool,
        count: int = 1,
    ) -> None:
        """Count a login, or several tries.

        Args:
            at: seconds since 1970.
            service: what the client talked to.
            facts: the client's address.
            account: normalised name, "" where nobody knows.
            succeeded: the password was right.
            count: how many.
        """
        reason = _LOGIN_OK if succeeded else _LOGIN_FAILED
        # Guesses are counted for a domain, not for an account (`core.store.counts`).
        named = account if succeeded else ""
        self._add(at, Stage.AUTH, service, reason, facts, account, named, count, 0)

    def mail(
        self, at: float, service: Service, facts: AddressFacts, account: str, recipients: int
    ) -> None:
        """Count a mail; arguments as for `login`, and to how many recipients it goes."""
        self._add(
            at, Stage.SEND, service, Reason.NOTHING_AGAINST, facts, account, "", 1, recipients
        )

    def _add(
        self,
        at: float,
        stage: Stage,
        service: Service,
        reason: Reason,
        facts: AddressFacts,
        account: str,
        named: str,
        count: int,
        recipients: int,
    ) -> None:
        kind = Kind(stage, service, Verdict.ALLOW, reason)
        domain = intern(domain_of(account))
        key = Counted(int(at // HOUR), kind, facts.country or facts.second, named, domain)
        found = self.sums.get(key)
        if found is None:
            found = self.sums[key] = Sum()
        found.count += count
        found.recipients += recipients
        found.last = max(found.last, at)
        if account and reason is not _LOGIN_FAILED:
            day = (account, int(at // DAY))
            if day not in self._proven:
                self._proven[day] = Event(
                    at=at,
                    last=at,
                    stage=stage,
                    service=service,
                    verdict=Verdict.ALLOW,
                    reason=reason,
                    account=account,
                    domain=domain,
                )

    def take(self) -> tuple[dict[Counted, Sum], list[Event]]:
        """All of it, once."""
        taken = self.sums, list(self._proven.values())
        self.sums, self._proven = {}, {}
        return taken
