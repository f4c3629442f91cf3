"""The mail domains of the server, as the panel tells them, remembered for a minute.

A panel may need a second to list thousands of domains; a page must not wait for that each time.
When the panel does not answer, what it said last counts, and `problem` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.errors import MailwardError
from core.panel import MailDomain, Panel, Role
from core.settings.account import domain_of
from core.web.kept import Kept

SECONDS = 60.0
"""How long an answer of the panel counts."""


class Directory:
    """The domains.

    Args:
        panel: who knows them.
        clock: seconds since 1970.
    """

    def __init__(self, panel: Panel, clock: Callable[[], float]) -> None:
        self._panel = panel
        self._clock = clock
        self._domains: Kept[dict[str, MailDomain]] = Kept(SECONDS)
        self._said: dict[str, MailDomain] = {}
        self.problem = ""

    def all(self) -> Mapping[str, MailDomain]:
        """Every domain by its name."""
        return self._domains.get(self._clock(), self._ask)

    def forget(self) -> None:
        """Ask the panel again next time."""
        self._domains.forget()

    def of(self, role: Role, login: str) -> frozenset[str]:
        """The domains that a reseller or customer looks after.

        Args:
            role: an administrator looks after all.
            login: their name in the panel.
        """
        found = self.all()
        if role is Role.ADMIN:
            return frozenset(found)
        return frozenset(
            name
            for name, domain in found.items()
            if domain.customer == login or (role is Role.RESELLER and domain.reseller == login)
        )

    def may_have(self, account: str) -> bool:
        """Whether there may be such a mailbox; also where the panel does not name mailboxes."""
        domain = self.all().get(domain_of(account))
        if domain is None:
            return not self.all()
        return not domain.mailboxes or account in map(str.lower, domain.mailboxes)

    def _ask(self) -> dict[str, MailDomain]:
        try:
            self._said = {each.name.lower(): each for each in map(_sayable, self._panel.domains())}
        except (MailwardError, OSError) as error:
            self.problem = str(error)
        else:
            self.problem = ""
        return self._said


def _sayable(domain: MailDomain) -> MailDomain:
    """The domain without halves of letters, which a panel's files may hold and no page can."""
    texts = (domain.name, domain.customer, domain.reseller, domain.plan, *domain.mailboxes)
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        name, customer, reseller, plan, *boxes = (
            t.encode(errors="replace").decode() for t in texts
        )
        return MailDomain(name, customer, reseller, domain.enabled, tuple(boxes), plan)
    return domain
