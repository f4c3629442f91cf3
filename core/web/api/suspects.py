"""Operations about attackers, lists of attackers, and accounts that look stolen."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from core.desk import attackers, lists, stolen
from core.settings.model import Switch
from core.store.signals import PastSignal, SignalFilter
from core.web.access import ADMIN
from core.web.api.acting import RELEASERS
from core.web.api.operation import Call, Operation
from core.web.api.shapes import Changed, Limit, Moment, Name, Number, Text


class AttackerQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """How many attackers are wanted."""

    limit: Limit = 1000


class AttackerList(Struct, frozen=True):
    """Who is refused or watched now, the newest first; `count` is how many there are in all."""

    attackers: list[attackers.Standing]
    count: int
    from_daemon: bool
    notes: list[str]


class PlaceQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to let pass."""

    place: Annotated[
        str, Meta(min_length=1, max_length=64, description="An address, a /24 or /48, or AS64500.")
    ]
    why: Annotated[str, Meta(max_length=200)] = ""


class Forgiven(Struct, frozen=True):
    """Attackers that stand no longer, and those that still do and cover the same place."""

    released: list[str]
    around: list[str]
    notes: list[str]


class ListSwitch(Struct, frozen=True, forbid_unknown_fields=True):
    """What a list shall do."""

    mode: Switch
    why: Text = ""


class SignalQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """Which signals are wanted."""

    account: Annotated[Text, Meta(description="A login name; * stands for any text.")] = ""
    open: bool | None = None
    since: Moment | None = None
    before_id: Number | None = None
    limit: Limit = 100


class SignalList(Struct, frozen=True):
    """Signals, newest first; `next` is the `before_id` of the next page."""

    signals: list[PastSignal]
    next: int | None


class SignalClosing(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose signals are closed.

    Attributes:
        account: login name.
        owner: it was the owner, so that the countries are known from now on; otherwise somebody
            has seen to it.
    """

    account: Name
    owner: bool = False


class Account(Struct, frozen=True, forbid_unknown_fields=True):
    """An account."""

    account: Name


class Closed(Struct, frozen=True):
    """How many signals were open and are not now, and whether a block has ended."""

    closed: int
    released: bool
    notes: list[str]


class Blocking(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to keep from sending, and how long."""

    account: Name
    seconds: Annotated[int, Meta(ge=60, le=30 * 86_400)] = 86_400
    why: Annotated[str, Meta(max_length=200)] = ""


class BlockedUntil(Struct, frozen=True):
    """When the block ends."""

    until: float
    notes: list[str]


def _attackers(call: Call) -> AttackerList:
    query: AttackerQuery = call.query
    found = attackers.standing(call.desk, query.limit)
    return AttackerList(list(found.attackers), found.count, found.from_daemon, list(found.notes))


def _let_pass(call: Call) -> Forgiven:
    query: PlaceQuery = call.query
    done = attackers.release(call.desk, query.place, query.why)
    return Forgiven(list(done.released), list(done.around), list(done.notes))


def _lists(call: Call) -> list[dict[str, Any]]:
    return [line.document() for line in lists.overview(call.desk, call.now)]


def _switch(call: Call) -> Changed:
    body: ListSwitch = call.body
    told = lists.switch(call.desk, call.path["name"], body.mode, body.why)
    return Changed(list(told.audit), list(told.lines)) if told else Changed([], [])


def _signals(call: Call) -> SignalList:
    query: SignalQuery = call.query
    wanted = SignalFilter(
        account=query.account, domains=call.sight.domains, open=query.open, since=query.since
    )
    found = stolen.find(call.desk, wanted, query.limit, query.before_id)
    return SignalList(found, found[-1].id if len(found) == query.limit else None)


def _theirs(call: Call, account: str) -> str:
    """An account that the token may act on.

    Raises:
        NotFound: it is somebody else's.
    """
    return account if call.sight.is_admin else call.sight.account(account)


def _close(call: Call) -> Closed:
    body: SignalClosing = call.body
    release = call.sight.viewer.role in RELEASERS
    account = _theirs(call, body.account)
    return _closed(stolen.close(call.desk, account, owner=body.owner, release=release))


def _password_changed(call: Call) -> Closed:
    body: Account = call.body
    return _closed(stolen.password_changed(call.desk, _theirs(call, body.account)))


def _closed(done: stolen.Done) -> Closed:
    return Closed(done.closed, done.released, list(done.notes))


def _block(call: Call) -> BlockedUntil:
    body: Blocking = call.body
    done = stolen.block(call.desk, _theirs(call, body.account), body.seconds, body.why)
    return BlockedUntil(done.until, list(done.notes))


OPERATIONS = (
    Operation(
        method="GET",
        path="/attackers",
        name="attackers",
        summary="Who is refused or watched for guessing passwords here",
        roles=ADMIN,
        query=AttackerQuery,
        answer=AttackerList,
        view=_attackers,
    ),
    Operation(
        method="DELETE",
        path="/attackers",
        name="let_pass",
        summary="Let an attacker pass, and forget what it did",
        text="An address, a network or a system; all that stand inside it go with it.",
        roles=ADMIN,
        query=PlaceQuery,
        answer=Forgiven,
        view=_let_pass,
    ),
    Operation(
        method="GET",
        path="/lists",
        name="lists",
        summary="Lists of attackers: what each does, and what it would have refused",
        roles=ADMIN,
        answer=list[dict[str, Any]],
        view=_lists,
    ),
    Operation(
        method="PATCH",
        path="/lists/{name}",
        name="switch_list",
        summary="Let a list refuse, watch, or do nothing",
        roles=ADMIN,
        body=ListSwitch,
        answer=Changed,
        view=_switch,
    ),
    Operation(
        method="GET",
        path="/signals",
        name="signals",
        summary="What makes accounts look stolen",
        query=SignalQuery,
        answer=SignalList,
        view=_signals,
    ),
    Operation(
        method="POST",
        path="/signals/close",
        name="close_signals",
        summary="Close the open signals of an account",
        text="The token of a customer ends no block with it.",
        body=SignalClosing,
        answer=Closed,
        view=_close,
    ),
    Operation(
        method="POST",
        path="/block",
        name="block",
        summary="Keep an account from sending, by hand",
        body=Blocking,
        answer=BlockedUntil,
        view=_block,
    ),
    Operation(
        method="POST",
        path="/password-changed",
        name="password_changed",
        summary="Tell that an account has a new password",
        text="What came before says nothing any more; where `stolen.lift` is on, a block for "
        "sending too much or for looking stolen ends: the former once in `send.block_seconds`.",
        roles=RELEASERS,
        body=Account,
        answer=Closed,
        view=_password_changed,
    ),
)
"""All of them."""
