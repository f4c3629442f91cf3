"""Settings about sending: protected from the start, and out of a customer's reach."""

from __future__ import annotations

from core.settings.fields import FIELDS
from core.settings.sending import Exempt, Send


def test_a_fresh_install_stops_a_stolen_account() -> None:
    """B1: 150 in 5 minutes, 6 hours; nobody is exempt, and nobody merely watched."""
    send = Send()
    assert (send.limit, send.seconds, send.block_seconds) == (150, 300, 21_600)
    assert not send.watch
    assert Exempt().send == ()


def test_no_customer_lifts_the_limit() -> None:
    """The owner of a stolen account must not be able to unlock it with the customer's password."""
    names = [name for name in FIELDS if name.startswith("send.")] + ["exempt.send"]
    assert not any(FIELDS[name].customer for name in names)
