"""What travels over the JSON interface, where it is not what the rooms below already have.

Times are seconds since 1970 (UTC). Field names never change once released.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from core.panel import Role
from core.settings.about import Level
from core.store.audit import AuditEntry
from core.store.blocks import PastBlock
from core.store.event_filter import StoredEvent
from core.store.statistics import Group, Total
from core.words import Reason, Service, Stage, Verdict

Limit = Annotated[int, Meta(ge=1, le=1000, description="How many at most.")]
Number = Annotated[int, Meta(ge=1, le=(1 << 63) - 1)]
Moment = Annotated[float, Meta(ge=-1e12, le=1e12, description="Seconds since 1970.")]
ListName = Literal["exempt.addresses", "exempt.accounts", "exempt.send", "country.passes"]
Text = Annotated[str, Meta(max_length=400)]
Name = Annotated[str, Meta(min_length=1, max_length=320)]


class Me(Struct, frozen=True):
    """Who asks; `domains` is null for all of the server."""

    role: Role
    login: str
    domains: list[str] | None


class EventQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Which events are wanted; what is left out does not matter."""

    account: Annotated[Text, Meta(description="A login name; * stands for any text.")] = ""
    address: Annotated[Text, Meta(description="An address or a network (CIDR).")] = ""
    domain: Annotated[Text, Meta(description="Only this domain.")] = ""
    country: tuple[Annotated[str, Meta(max_length=2)], ...] = ()
    asn: Annotated[int, Meta(ge=0, le=(1 << 32) - 1)] = 0
    queue_id: Text = ""
    stage: tuple[Stage, ...] = ()
    service: tuple[Service, ...] = ()
    verdict: tuple[Verdict, ...] = ()
    reason: tuple[Reason, ...] = ()
    would: Annotated[bool, Meta(description="Only what a watching check would refuse.")] = False
    since: Moment | None = None
    until: Moment | None = None
    before_id: Annotated[Number | None, Meta(description="Go on to what is older.")] = None
    after_id: Annotated[Number | None, Meta(description="Go on to what is newer.")] = None
    limit: Limit = 100


class EventList(Struct, frozen=True):
    """Events, newest first; `next` is the `before_id` of the next page, null at the end."""

    events: list[StoredEvent]
    next: int | None


class StatisticsQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """What to count, and by what to break it down."""

    since: Moment
    until: Moment
    by: tuple[Group, ...] = ()
    domain: Text = ""
    country: tuple[Annotated[str, Meta(max_length=2)], ...] = ()
    stage: tuple[Stage, ...] = ()
    service: tuple[Service, ...] = ()
    verdict: tuple[Verdict, ...] = ()
    reason: tuple[Reason, ...] = ()


class TotalList(Struct, frozen=True):
    """Sums; the parts of a key are in the order of `by`."""

    totals: list[Total]


class ExplainQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose way to follow."""

    address: Name
    account: Text = ""
    port: Annotated[int, Meta(ge=1, le=65_535)] = 587


class BlockedAccount(Struct, frozen=True):
    """An account that may not send."""

    account: str
    started: float
    until: float
    reason: str
    evidence: str


class BlockedList(Struct, frozen=True):
    """Who is blocked now. Without the daemon nothing is refused, and `notes` says so."""

    blocked: list[BlockedAccount]
    from_daemon: bool
    notes: list[str]


class Released(Struct, frozen=True):
    """Whether the account was blocked, and now is not."""

    released: bool
    notes: list[str]


class PastQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Which blocks of the past."""

    account: Text = ""
    since: Moment | None = None
    until: Moment | None = None
    before_id: Number | None = None
    limit: Limit = 100


class PastList(Struct, frozen=True):
    """Blocks, newest first; `next` is the `before_id` of the next page."""

    blocks: list[PastBlock]
    next: int | None


class ScopeQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """A scope: the server (no name), a domain or a mailbox."""

    level: Level = "server"
    name: Text = ""


class SettingValue(Struct, frozen=True):
    """One setting of a scope.

    Attributes:
        name: public name.
        value: what counts.
        origin: ``default``, ``server``, or the scope that sets it, e.g. ``domain example.test``.
    """

    name: str
    value: Any
    origin: str


class SettingList(Struct, frozen=True):
    """The settings of a scope."""

    settings: list[SettingValue]


class SettingChange(Struct, frozen=True, forbid_unknown_fields=True):
    """New values of one scope, all or none; null lets one inherit."""

    values: Annotated[dict[str, Any], Meta(min_length=1, max_length=200)]
    level: Level = "server"
    name: Text = ""
    why: Text = ""


class Changed(Struct, frozen=True):
    """What was changed: numbers in the audit trail, by which it can be undone."""

    entries: list[int]
    notes: list[str]


class ExemptionEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of one list of exemptions.

    Attributes:
        list: the setting, e.g. ``exempt.addresses`` or ``country.passes``.
        entry: an address, network, AS number, account, domain or country.
        level, name: the scope.
        comment: why it is there.
        expires: seconds since 1970, 0 for never.
    """

    list: ListName
    entry: Name
    level: Level = "server"
    name: Text = ""
    comment: Annotated[str, Meta(max_length=500)] = ""
    expires: Annotated[float, Meta(ge=0, le=1e12)] = 0


class ExemptionList(Struct, frozen=True):
    """Entries of all scopes that the token sees."""

    exemptions: list[ExemptionEntry]


class ExemptionQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Which entry is to go."""

    list: ListName
    entry: Name
    level: Level = "server"
    name: Text = ""


class DomainEntry(Struct, frozen=True):
    """A mail domain of the server."""

    name: str
    customer: str
    reseller: str
    plan: str
    enabled: bool
    mailboxes: int


class DomainList(Struct, frozen=True):
    """The domains that the token sees."""

    domains: list[DomainEntry]


class AuditQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Which changes."""

    name: Text = ""
    who: Text = ""
    since: Moment | None = None
    until: Moment | None = None
    before_id: Number | None = None
    limit: Limit = 100


class AuditList(Struct, frozen=True):
    """Changes, newest first; `next` is the `before_id` of the next page."""

    entries: list[AuditEntry]
    next: int | None


class Trouble(Struct, frozen=True):
    """One thing that is not as it should be."""

    part: str
    text: str
    advice: str
    light: str


class StatusAnswer(Struct, frozen=True):
    """How Mailward is: `light` is green, amber or red; `blocked` is null when nobody knows."""

    light: str
    reachable: bool
    version: str
    problems: list[Trouble]
    asked: dict[str, float]
    blocked: int | None
