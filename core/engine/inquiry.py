"""Whether others may be asked about an address: who that is, is nobody else's business.

Lists that are asked by the DNS learn who logs in here. Addresses that pass anyway, because they are
near, exempt, or a provider's that logs in for people, are not told to them.
"""

from __future__ import annotations

from core.engine.policy import Snapshot
from core.engine.request import Request
from core.sources.facts import AddressFacts
from core.words import NetworkKind, Service, Stage


def tries_to_log_in(request: Request) -> bool:
    """Whether who asks is about to log in, or has: at port 25, most are other mail servers."""
    return request.stage is not Stage.CONNECT or request.service is not Service.SMTP


def may_be_asked_about(facts: AddressFacts, account: str, snapshot: Snapshot, wall: float) -> bool:
    """Whether an address may be told to a list.

    Args:
        facts: what is known of the address.
        account: whose login it is, "" while nobody knows.
        snapshot: the settings.
        wall: seconds since 1970.
    """
    if facts.local or not facts.version:
        return False
    if any(hit.kind is NetworkKind.RELAY for hit in facts.hits):
        return False
    if snapshot.policy(account).exempt.find(facts, wall) is not None:
        return False
    return not account or snapshot.exempt_accounts.find(account, wall) is None
