"""Operations that only look: status, events, statistics, explanations, domains, the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from core import __version__
from core.desk.change import trail
from core.desk.decision import decided
from core.desk.picture import picture
from core.desk.values import MASK
from core.settings import fields
from core.store.audit import AuditEntry, AuditFilter
from core.store.event_filter import EventFilter
from core.store.statistics import StatisticsFilter
from core.web.access import ADMIN
from core.web.api import shapes
from core.web.api.operation import Call, Operation
from core.web.api.reading import Unreadable
from core.web.parts import parts

YEAR = 366 * 86_400.0


def _me(call: Call) -> shapes.Me:
    seen = call.sight.domains
    viewer = call.sight.viewer
    return shapes.Me(viewer.role, viewer.login, None if seen is None else sorted(seen))


def _status(call: Call) -> shapes.StatusAnswer:
    found = picture(call.desk)
    return shapes.StatusAnswer(
        light=found.light,
        reachable=found.reachable,
        version=__version__,
        problems=[shapes.Trouble(p.part, p.text, p.advice, p.light) for p in found.problems],
        asked={stage.stage: stage.last for stage in found.stages},
        blocked=found.blocked,
    )


def seen_domains(call: Call, wanted: str) -> frozenset[str] | None:
    """The domains to filter by: the one that is wanted, else all that the token sees.

    Raises:
        NotFound: the one that is wanted is not theirs.
    """
    return frozenset({call.sight.domain(wanted)}) if wanted else call.sight.domains


def _events(call: Call) -> shapes.EventList:
    query: shapes.EventQuery = call.query
    if query.before_id is not None and query.after_id is not None:
        raise Unreadable("give before_id or after_id, not both", "after_id")
    wanted = EventFilter(
        account=query.account,
        address=query.address,
        domains=seen_domains(call, query.domain),
        countries=frozenset(code.upper() for code in query.country),
        asn=query.asn,
        queue_id=query.queue_id,
        stages=frozenset(query.stage),
        services=frozenset(query.service),
        verdicts=frozenset(query.verdict),
        reasons=frozenset(query.reason),
        would=query.would,
        since=query.since,
        until=query.until,
    )
    found = call.desk.store.events.find(wanted, query.limit, query.before_id, query.after_id)
    return shapes.EventList(found, _next(found, query.limit))


def _next(found: Sequence[Any], limit: int) -> int | None:
    return found[-1].id if len(found) == limit else None


def _statistics(call: Call) -> shapes.TotalList:
    query: shapes.StatisticsQuery = call.query
    if not 0 <= query.until - query.since <= YEAR:
        raise Unreadable("the period is a year at most, and since comes before until", "since")
    wanted = StatisticsFilter(
        since=query.since,
        until=query.until,
        domains=seen_domains(call, query.domain),
        countries=frozenset(code.upper() for code in query.country),
        stages=frozenset(query.stage),
        services=frozenset(query.service),
        verdicts=frozenset(query.verdict),
        reasons=frozenset(query.reason),
    )
    if len(set(query.by)) < len(query.by):
        raise Unreadable("name each group once", "by")
    try:
        return shapes.TotalList(call.desk.store.statistics.totals(wanted, query.by))
    except ValueError as error:
        raise Unreadable(str(error), "by") from error


def _explain(call: Call) -> dict[str, Any]:
    query: shapes.ExplainQuery = call.query
    found = decided(call.desk, query.address, query.account, query.port)
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain


def _domains(call: Call) -> shapes.DomainList:
    listed = [
        shapes.DomainEntry(
            name=domain.name,
            customer=domain.customer,
            reseller=domain.reseller,
            plan=domain.plan,
            enabled=domain.enabled,
            mailboxes=len(domain.mailboxes),
        )
        for domain in call.sight.domain_list()
    ]
    return shapes.DomainList(listed)


def _audit(call: Call) -> shapes.AuditList:
    query: shapes.AuditQuery = call.query
    wanted = AuditFilter(name=query.name, who=query.who, since=query.since, until=query.until)
    found = trail(call.desk, wanted, query.limit, query.before_id)
    return shapes.AuditList([_masked(entry) for entry in found], _next(found, query.limit))


def _masked(entry: AuditEntry) -> AuditEntry:
    known = fields.FIELDS.get(entry.name)
    if known is None or not known.secret:
        return entry
    before, after = (MASK if value else value for value in (entry.before, entry.after))
    return msgspec.structs.replace(entry, before=before, after=after)


def _catalogue(_: Call) -> list[dict[str, Any]]:
    return [
        {
            "name": field.name,
            "title": field.title,
            "default": fields.plain(field.default),
            "what": field.what,
            "why": field.why,
            "risk": field.risk,
            "levels": list(field.levels),
            "unit": field.unit,
            "choices": dict(field.choices),
            "customer": field.customer,
        }
        for field in fields.FIELDS.values()
    ]


def _data(call: Call) -> list[dict[str, Any]]:
    found = picture(call.desk)
    plain: list[dict[str, Any]] = msgspec.to_builtins(found.sources)
    return plain


def _features(_: Call) -> list[dict[str, Any]]:
    return [
        {"feature": str(answer.feature), "on": answer.on, "reason": answer.reason}
        for answer in parts().situation().gate.answers()
    ]


OPERATIONS = (
    Operation(
        method="GET",
        path="/me",
        name="me",
        summary="Whose token this is, and which domains it sees",
        answer=shapes.Me,
        view=_me,
    ),
    Operation(
        method="GET",
        path="/status",
        name="status",
        summary="Whether this server is guarded, and what is wrong",
        roles=ADMIN,
        answer=shapes.StatusAnswer,
        view=_status,
    ),
    Operation(
        method="GET",
        path="/features",
        name="features",
        summary="Which features are on, and why the others are not",
        roles=ADMIN,
        answer=list[dict[str, Any]],
        view=_features,
    ),
    Operation(
        method="GET",
        path="/data",
        name="data",
        summary="The country and network data, with their ages",
        roles=ADMIN,
        answer=list[dict[str, Any]],
        view=_data,
    ),
    Operation(
        method="GET",
        path="/events",
        name="events",
        summary="Search the log of decisions",
        text="Newest first. A reseller or customer sees the events of their domains only; what "
        "was refused before the password belongs to no domain.",
        query=shapes.EventQuery,
        answer=shapes.EventList,
        view=_events,
    ),
    Operation(
        method="GET",
        path="/statistics",
        name="statistics",
        summary="Counts, broken down by hour, day, country and more",
        query=shapes.StatisticsQuery,
        answer=shapes.TotalList,
        view=_statistics,
    ),
    Operation(
        method="GET",
        path="/explain",
        name="explain",
        summary="Why an address and an account are refused or let pass",
        roles=ADMIN,
        query=shapes.ExplainQuery,
        answer=dict[str, Any],
        view=_explain,
    ),
    Operation(
        method="GET",
        path="/domains",
        name="domains",
        summary="The mail domains, with their customers",
        answer=shapes.DomainList,
        view=_domains,
    ),
    Operation(
        method="GET",
        path="/audit",
        name="audit",
        summary="Who changed what",
        roles=ADMIN,
        query=shapes.AuditQuery,
        answer=shapes.AuditList,
        view=_audit,
    ),
    Operation(
        method="GET",
        path="/settings/fields",
        name="fields",
        summary="Every setting: default, help, and where it may be set",
        answer=list[dict[str, Any]],
        view=_catalogue,
    ),
)
"""All that look."""
