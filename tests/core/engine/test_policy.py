"""Settings made ready say the same as the settings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.decide import decide
from core.engine.policy import AccountRules, AddressRules, Snapshot
from core.licence.feature import Feature
from core.settings.model import ExemptAccount, ExemptAddress
from core.sources.facts import AddressFacts
from core.words import NetworkKind, Stage, Verdict
from tests.core.engine.asking import ACCOUNT, WALL, Asking, facts, snapshot

NO_OWN_RULES = {Feature.DOMAIN_RULES: "Rules need a licence."}
NO_CONNECT = {Feature.CONNECT: "Checks need a licence."}

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


switches = st.sampled_from(["off", "watch", "refuse"])
countries = st.lists(st.sampled_from(["DE", "TH", "VN"]), max_size=2)
logins = st.fixed_dictionaries(
    {},
    optional={
        "country.mode": st.sampled_from(["off", "allow", "refuse"]),
        "country.list": countries,
        "country.unknown": st.sampled_from(["allow", "refuse"]),
        "network.cloud": switches,
        "network.attacker": switches,
        "exempt.addresses": st.just([{"entry": "203.0.113.0/24"}]),
    },
)
places = st.builds(
    lambda country, kinds: facts(country=country, kinds=tuple(kinds)),
    st.sampled_from(["DE", "TH", ""]),
    st.lists(st.sampled_from([NetworkKind.CLOUD, NetworkKind.ATTACKER]), max_size=2),
)


@given(logins, logins, logins, places)
def test_own_rules_without_a_licence_refuse_nobody_and_let_in_as_before(
    server: dict[str, Any], domain: dict[str, Any], mailbox: dict[str, Any], known: AddressFacts
) -> None:
    """E7, K10: who was let in yesterday, by the server's rules or by own ones, still is."""
    whose = {"example.test": domain}
    boxes = {ACCOUNT: mailbox}

    def permits(settings: Snapshot) -> bool:
        return decide(Asking(settings).question(known=known)).verdict is Verdict.ALLOW

    licensed, bare = permits(snapshot(server, whose, boxes)), permits(snapshot(server))
    assert permits(snapshot(server, whose, boxes, off=NO_OWN_RULES)) >= (licensed or bare)


@given(logins, logins, st.sampled_from(["DE", "TH", ""]))
def test_of_countries_either_rule_lets_in(
    server: dict[str, Any], own: dict[str, Any], country: str
) -> None:
    """E7: exactly who one of them lets in, or only watches."""
    both = snapshot(server, {"example.test": own})
    loose = snapshot(server, {"example.test": own}, off=NO_OWN_RULES).policy(ACCOUNT).country
    wanted = all(
        policy.country.refuses(country, WALL) for policy in (both.server, both.policy(ACCOUNT))
    )
    assert loose.refuses(country, WALL) is wanted


@pytest.mark.parametrize(
    ("server", "own", "counts"),
    [
        ((150, 300), (10, 300), (150, 300)),
        ((150, 300), (900, 300), (900, 300)),
        ((150, 300), (900, 3600), (900, 300)),
        ((150, 300), (100, 60), (150, 60)),
    ],
)
def test_own_send_limits_without_a_licence_only_permit_more(
    server: tuple[int, int], own: tuple[int, int], counts: tuple[int, int]
) -> None:
    """E7, B8: a mail is refused only if it were by either."""
    values = [
        dict(zip(("send.limit", "send.seconds"), each, strict=True)) for each in (server, own)
    ]
    found = snapshot(values[0], {"example.test": values[1]}, off=NO_OWN_RULES)
    send = found.policy(ACCOUNT).send
    assert (send.limit, send.seconds) == counts
    assert found.server.send.limit == server[0]


def test_own_rules_that_are_shared_stay_shared_without_a_licence() -> None:
    """Thousands of mailboxes with one own setting must not cost a policy each."""
    found = snapshot({}, {"example.test": {"text.contact": "me@example.test"}}, off=NO_OWN_RULES)
    policy = found.policy(ACCOUNT)
    assert policy.country is found.server.country
    assert policy.send is found.server.send
    assert policy.text.contact == "me@example.test"


@pytest.mark.parametrize(("wanted", "off"), [(True, {}), (True, NO_CONNECT), (False, NO_CONNECT)])
def test_before_the_password_nobody_is_refused_without_a_licence(
    wanted: bool, off: dict[Feature, str]
) -> None:
    """E7, E9: after it, the same rules count."""
    refuse = {"country.mode": "refuse", "country.list": ["TH"], "connect.enabled": wanted}
    asking = Asking(snapshot(refuse, off=off))
    known = facts(country="TH")
    at_connect = decide(asking.question(Stage.CONNECT, known)).verdict
    assert (at_connect is Verdict.DENY) is (wanted and not off)
    assert decide(asking.question(Stage.AUTH, known)).verdict is Verdict.DENY
