"""The hoster's control panel, as far as the pages ask it: whose domains are whose, who asks us."""

from __future__ import annotations

from pathlib import Path

from core import __version__
from core.panel import Doors, MailDomain, MailHook, PanelInfo
from core.settings.account import domain_of
from core.standalone import Standalone
from demo import cast, hooks


class HosterPanel(Standalone):
    """A panel with the demo's customers and mail servers."""

    def probe(self) -> PanelInfo:
        """Always found."""
        return PanelInfo(self.name, __version__, "demo", "Postfix and Dovecot", "3.7 and 2.3")

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

    def hooks(self, doors: Doors, state: Path) -> list[MailHook]:  # noqa: ARG002  the contract passes it
        """Those of the demo's mail servers."""
        return hooks.hooks(doors)
