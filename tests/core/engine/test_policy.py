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


@given(
    st.lists(
        st.lists(st.tuples(networks, st.sampled_from([0, WALL - 1, WALL + 1])), max_size=4),
        min_size=3,
        max_size=3,
    ),
    octets,
)
def test_exempt_addresses_of_all_scopes_around_count(
    layers: list[list[tuple[str, float]]], third: int
) -> None:
    """A11, A16: the server's, the domain's and the mailbox's own; and no neighbour's."""
    server, domain, mailbox = (
        {"exempt.addresses": [{"entry": text, "expires": expires} for text, expires in layer]}
        for layer in layers
    )
    settings = snapshot(server, {"example.test": domain}, {"bob@example.test": mailbox})
    known = facts(f"198.51.{third}.0")
    scopes = ["eve@other.test", "alice@example.test", "bob@example.test"]
    for depth, account in enumerate(scopes, start=1):
        flat = AddressRules(
            ExemptAddress(text, "", expires) for layer in layers[:depth] for text, expires in layer
        )
        found = settings.policy(account).exempt
        assert found.empty == flat.empty
        assert (found.find(known, WALL) is None) == (flat.find(known, WALL) is None)


def test_scopes_share_what_they_inherit() -> None:
    """A server's long list is made ready once, not for each of its domains."""
    settings = snapshot(
        {"exempt.addresses": [{"entry": "192.0.2.1"}]},
        domains={"example.test": {"country.list": ["DE"]}},
        mailboxes={"bob@example.test": {"send.limit": 3, "network.cloud": "refuse"}},
    )
    server, domain, mailbox = (
        settings.policy(account) for account in ("", "x@example.test", "bob@example.test")
    )
    assert mailbox.exempt is domain.exempt is server.exempt
    assert mailbox.country is domain.country is not server.country
    assert mailbox.switches is not domain.switches is server.switches


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
