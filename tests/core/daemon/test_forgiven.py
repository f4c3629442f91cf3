"""Once in a while, per account."""

from __future__ import annotations

from core.daemon.forgiven import Forgiven


def test_an_account_is_forgiven_again_when_its_time_is_over() -> None:
    """C4: and then it takes no room any more."""
    forgiven = Forgiven()
    assert forgiven.may("ann", 100.0)
    forgiven.note("ann", 100.0, 60)
    assert not forgiven.may("ann", 159.9)
    assert forgiven.may("bob", 101.0)
    assert forgiven.may("ann", 160.0)
    forgiven.note("bob", 161.0, 60)
    assert len(forgiven) == 1
