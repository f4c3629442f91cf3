"""Settings made ready say the same as the settings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.engine.policy import AccountRules, AddressRules
from core.settings.model import ExemptAccount, ExemptAddress
from tests.core.engine.asking import WALL, facts, snapshot

octets = st.integers(0, 255)
networks = st.builds(lambda a, length: f"198.51.{a}.0/{length}", octets, st.integers(16, 32))


@given(
    st.lists(st.tuples(networks, st.sampled_from([0, WALL - 1, WALL + 1])), max_size=12),
    octets,
)
def test_an_address_is_exempt_when_any_valid_entry_covers_it(
    entries: list[tuple[str, float]], third: int
) -> None:
    """The law, against looking at every entry."""
    import ipaddress

    rules = AddressRules(ExemptAddress(text, "", expires) for text, expires in entries)
    address = ipaddress.ip_address(f"198.51.{third}.0")
    expected = any(
        address in ipaddress.ip_network(text, strict=False)
        for text, expires in entries
        if not expires or expires > WALL
    )
    assert (rules.find(facts(str(address)), WALL) is not None) is expected


def test_account_rules_prefer_the_account_and_know_expiry() -> None:
    """The evidence names the entry that decided."""
    rules = AccountRules(
        [ExemptAccount("example.test", "all"), ExemptAccount("bob@example.test", "bob", WALL)]
    )
    before, after = rules.find("bob@example.test", WALL - 1), rules.find("bob@example.test", WALL)
    assert before is not None
    assert after is not None
    assert (before.comment, after.comment) == ("bob", "all")
    assert rules.find("bob@other.test", WALL) is None


def test_the_nearest_policy_counts() -> None:
    """A12, A13."""
    settings = snapshot(
        {"send.limit": 1},
        domains={"example.test": {"send.limit": 2}},
        mailboxes={"bob@example.test": {"send.limit": 3}},
    )
    limits = [
        settings.policy(account).send.limit
        for account in ("x@other.test", "alice@example.test", "bob@example.test", "")
    ]
    assert limits == [1, 2, 3, 1]
