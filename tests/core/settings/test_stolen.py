"""Settings about stolen accounts: they tell from the start, and block only who was asked to."""

from __future__ import annotations

from core.settings.fields import FIELDS
from core.settings.stolen import Stolen


def test_a_fresh_install_tells_and_blocks_nobody() -> None:
    """A19: a signal informs first."""
    assert Stolen().action == "inform"


def test_no_customer_looks_away() -> None:
    """Who sends spam through a mailbox of the own domain must not be able to switch it off."""
    names = [name for name in FIELDS if name.startswith("stolen.")]
    assert names
    assert not any(FIELDS[name].customer for name in names)


def test_the_owner_chooses_the_own_mails() -> None:
    """As for blocks: who is told is the owner's to say."""
    assert FIELDS["owner.stolen"].customer
    assert FIELDS["owner.stolen"].levels == FIELDS["owner.blocked"].levels
    assert not FIELDS["notify.stolen"].customer
