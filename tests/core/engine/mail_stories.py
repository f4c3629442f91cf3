"""Stories of accounts that send under all kinds of settings, for laws about the send limit."""

from __future__ import annotations

from hypothesis import strategies as st
from msgspec import Struct

from core.licence.feature import Feature
from core.store.block import Block
from core.words import Reason
from tests.core.engine.asking import WALL, snapshot

NAMES = ("a@one.test", "a@one.test", "a@one.test", "b@one.test", "a@two.test", "x@other.test", "")
LONGEST = 40
"""Seconds of the longest window below; mails come close enough to meet its end to the second."""

limits = st.fixed_dictionaries(
    {},
    optional={
        "send.limit": st.integers(1, 5),
        "send.seconds": st.integers(1, LONGEST),
        "send.block_seconds": st.integers(1, LONGEST),
        "send.unit": st.sampled_from(("messages", "recipients")),
        "send.watch": st.booleans(),
    },
)
expiry = st.one_of(st.just(0.0), st.integers(0, 2 * LONGEST).map(lambda after: WALL + after))
exemptions = st.fixed_dictionaries(
    {},
    optional={
        "exempt.send": st.lists(
            st.builds(
                lambda entry, expires: {"entry": entry, "expires": expires},
                st.sampled_from(("a@one.test", "two.test", "nobody.test")),
                expiry,
            ),
            max_size=2,
        ),
        "exempt.accounts": st.just([{"entry": "one.test"}]),
        "exempt.addresses": st.just([{"entry": "203.0.113.0/24"}, {"entry": "AS64500"}]),
        "send.answer": st.sampled_from(("temporary", "permanent")),
        "country.mode": st.just("refuse"),
        "country.list": st.just(["RU"]),
    },
)
servers = st.one_of(limits, st.builds(lambda *parts: parts[0] | parts[1], limits, exemptions))
settings_of_all = st.builds(
    snapshot,
    servers,
    st.dictionaries(st.sampled_from(("one.test", "two.test")), limits),
    st.dictionaries(st.sampled_from(("a@one.test", "b@one.test")), limits),
    off=st.sampled_from(({}, {Feature.DOMAIN_RULES: "no licence"})),
    without_plan=st.sets(st.sampled_from(("one.test", "two.test"))),
)


class Turn(Struct, frozen=True):
    """What happens next.

    Attributes:
        what: a mail, a block from elsewhere, its release, or other settings.
        account: whose, "" for nobody's mail.
        wait: seconds since what happened before.
        recipients, sending: of the mail.
    """

    what: str
    account: str
    wait: float
    recipients: int
    sending: bool


stories = st.lists(
    st.builds(
        Turn,
        st.sampled_from(("mail",) * 5 + ("block", "release", "settings")),
        st.sampled_from(NAMES),
        st.sampled_from((0.0, 0.001, 1.0, LONGEST / 2, float(LONGEST))),
        st.integers(0, 6),
        st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


def block(account: str, now: float) -> Block:
    """A block that another than the send limit began."""
    return Block(
        account=account,
        started=WALL + now,
        until=WALL + now + 9,
        seconds=9,
        reason=Reason.ACCOUNT_STOLEN,
        evidence="seen",
    )
