"""Operations that change something: settings, exemptions, blocks, undo."""

from __future__ import annotations

from typing import Any, cast

from werkzeug.exceptions import Forbidden, NotFound

from core.desk import blocks, change, exemptions
from core.desk.desk import Told
from core.desk.entry import Entry, Place
from core.desk.values import MASK
from core.errors import SettingError
from core.panel import Role
from core.settings import fields
from core.settings.scope import SERVER_SCOPE, Scope
from core.store.blocks import BlockFilter
from core.web.api import shapes
from core.web.api.operation import Call, Operation
from core.web.api.reading import Unreadable
from core.web.features import why_locked

RELEASERS = frozenset({Role.ADMIN, Role.RESELLER})
"""A stolen mailbox must not release itself."""


def _blocked(call: Call) -> shapes.BlockedList:
    found = blocks.standing(call.desk, call.sight.domains)
    listed = [
        shapes.BlockedAccount(b.account, b.started, b.until, b.reason, b.evidence)
        for b in found.blocked
    ]
    return shapes.BlockedList(listed, found.from_daemon, list(found.notes))


def _release(call: Call) -> shapes.Released:
    account = call.path["account"]
    if not call.sight.is_admin:
        account = call.sight.account(account)
    found = blocks.release(call.desk, [account])
    return shapes.Released(found.releases[0].done, list(found.notes))


def _past(call: Call) -> shapes.PastList:
    query: shapes.PastQuery = call.query
    wanted = BlockFilter(
        account=query.account, domains=call.sight.domains, since=query.since, until=query.until
    )
    found = blocks.history(call.desk, wanted, query.limit, query.before_id)
    return shapes.PastList(found, found[-1].id if len(found) == query.limit else None)


def may_set(call: Call, name: str) -> None:
    """Make sure that the token may change a setting.

    Raises:
        Forbidden: it is the administrator's.
    """
    known = fields.FIELDS.get(name)
    if known is not None and not known.customer and not call.sight.is_admin:
        raise Forbidden(f"{name} is the administrator's to set")


def must_be_open(scope: Scope) -> None:
    """Make sure that more can be set in a scope than what is.

    Raises:
        Forbidden: licence or plan do not have rules of its own.
    """
    if off := why_locked(scope):
        raise Forbidden(off)


def _settings(call: Call) -> shapes.SettingList:
    query: shapes.ScopeQuery = call.query
    scope = call.sight.scope(query.level, query.name)
    resolved = call.desk.rules().resolved
    counted = resolved.of(scope)
    found = []
    for field in fields.FIELDS.values():
        if not call.sight.is_admin and not field.customer:
            continue
        value: Any = counted
        for part in field.name.split("."):
            value = getattr(value, part)
        origin = resolved.origin(field.name, scope)
        shown = MASK if field.secret and value else fields.plain(value)
        found.append(shapes.SettingValue(field.name, shown, str(origin) if origin else "default"))
    return shapes.SettingList(found)


def _change(call: Call) -> shapes.Changed:
    body: shapes.SettingChange = call.body
    scope = call.sight.scope(body.level, body.name)
    for name in body.values:
        may_set(call, name)
    if any(value is not None for value in body.values.values()):
        must_be_open(scope)
    differences = change.preview(call.desk, {scope: body.values})
    if not differences:
        return shapes.Changed([], [])
    return _changed(change.commit(call.desk, differences, body.why))


def _changed(told: Told | None) -> shapes.Changed:
    return shapes.Changed(list(told.audit), list(told.lines)) if told else shapes.Changed([], [])


def _undo(call: Call) -> shapes.Changed:
    text = call.path["number"]
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Unreadable("the number of a change is a whole number", "number")
    number = int(text)
    try:
        made = change.recorded(call.desk, number)
    except SettingError as error:
        raise NotFound(str(error)) from error
    call.sight.scope(made.scope.level, made.scope.name)
    if made.name not in fields.FIELDS:
        call.sight.must_be_admin()
    may_set(call, made.name)
    _, told = change.undo(call.desk, number)
    return _changed(told)


def _exemptions(call: Call) -> shapes.ExemptionList:
    found = []
    for each in exemptions.listed(call.desk):
        scope = each.place.scope
        if not _sees(call, scope):
            continue
        found.append(
            shapes.ExemptionEntry(
                list=cast(shapes.ListName, each.place.name),
                entry=each.entry.entry,
                level=scope.level,
                name=scope.name,
                comment=each.entry.comment,
                expires=each.entry.expires,
            )
        )
    return shapes.ExemptionList(found)


def _sees(call: Call, scope: Scope) -> bool:
    if scope == SERVER_SCOPE:
        return call.sight.is_admin
    if scope.level == "domain":
        return call.sight.sees_domain(scope.name)
    return call.sight.sees_account(scope.name)


def _place(call: Call, name: str, level: str, scope: str) -> Place:
    may_set(call, name)
    return Place(name, call.sight.scope(level, scope))


def _exempt(call: Call) -> shapes.Changed:
    body: shapes.ExemptionEntry = call.body
    place = _place(call, body.list, body.level, body.name)
    must_be_open(place.scope)
    entry = Entry(body.entry, body.comment, body.expires)
    return _changed(exemptions.add(call.desk, place, [entry]).told)


def _no_longer(call: Call) -> shapes.Changed:
    query: shapes.ExemptionQuery = call.query
    place = _place(call, query.list, query.level, query.name)
    return _changed(exemptions.remove(call.desk, place, [query.entry]).told)


OPERATIONS = (
    Operation(
        method="GET",
        path="/blocked",
        name="blocked",
        summary="The accounts that may not send now",
        answer=shapes.BlockedList,
        view=_blocked,
    ),
    Operation(
        method="DELETE",
        path="/blocked/{account}",
        name="release",
        summary="Let an account send again",
        roles=RELEASERS,
        answer=shapes.Released,
        view=_release,
    ),
    Operation(
        method="GET",
        path="/blocks",
        name="blocks",
        summary="The blocks of the past",
        query=shapes.PastQuery,
        answer=shapes.PastList,
        view=_past,
    ),
    Operation(
        method="GET",
        path="/settings",
        name="settings",
        summary="The settings of a scope, and where each comes from",
        query=shapes.ScopeQuery,
        answer=shapes.SettingList,
        view=_settings,
    ),
    Operation(
        method="PATCH",
        path="/settings",
        name="change",
        summary="Set values of one scope, all or none",
        body=shapes.SettingChange,
        answer=shapes.Changed,
        view=_change,
    ),
    Operation(
        method="POST",
        path="/audit/{number}/undo",
        name="undo",
        summary="Take a change back",
        answer=shapes.Changed,
        view=_undo,
    ),
    Operation(
        method="GET",
        path="/exemptions",
        name="exemptions",
        summary="Who is not checked, over all scopes that the token sees",
        answer=shapes.ExemptionList,
        view=_exemptions,
    ),
    Operation(
        method="POST",
        path="/exemptions",
        name="exempt",
        summary="Add an exemption or a traveller pass",
        body=shapes.ExemptionEntry,
        answer=shapes.Changed,
        view=_exempt,
    ),
    Operation(
        method="DELETE",
        path="/exemptions",
        name="no_longer_exempt",
        summary="Take an exemption back",
        query=shapes.ExemptionQuery,
        answer=shapes.Changed,
        view=_no_longer,
    ),
)
"""All that change something, and what belongs to them."""
