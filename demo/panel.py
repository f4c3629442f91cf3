"""The hoster's control panel, as far as the pages ask it: whose domains are whose."""

from __future__ import annotations

from core.panel import MailDomain
from core.settings.account import domain_of
from core.standalone import Standalone
from demo import cast


class HosterPanel(Standalone):
    """A panel with the demo's customers; mail servers as on a server without a panel."""

    def domains(self) -> list[MailDomain]:
        """Every domain, with its customer, reseller and plan."""
        return [
            MailDomain(
                name=domain,
                customer=customer.login,
                reseller=customer.reseller,
                enabled=True,
                mailboxes=tuple(a for a in cast.ACCOUNTS if domain_of(a) == domain),
                plan=customer.plan,
            )
            for domain, customer in cast.CUSTOMER_OF.items()
        ]
