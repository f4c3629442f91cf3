"""Settings about logins: what a fresh install does with people it knows nothing of."""

from __future__ import annotations

from core.settings.access import Connect, Country, Domain, Network


def test_nothing_uncertain_refuses_on_a_fresh_install() -> None:
    """A5: only networks known for attacks are refused, and every domain's rules count."""
    assert Country().mode == "off"
    assert Country().passes == ()
    assert (Network().cloud, Network().anonymiser, Network().relay) == ("watch", "watch", "off")
    assert Network().attacker == "refuse"
    assert Connect().enabled
    assert Domain().enabled
