"""``exempt``: who is not checked."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from ipaddress import ip_network
from typing import Any, BinaryIO, NamedTuple

import click

from core.cli import entry_file
from core.cli.change import differences, in_words, make, scope_of_stored
from core.cli.entry_file import Entry
from core.cli.moment import Moment, local
from core.cli.parameters import as_json, not_empty
from core.cli.session import Session, pass_session
from core.cli.shadow import tell_of_shadow
from core.cli.stores import opened, resolved
from core.cli.terminal import emit, say, table
from core.errors import SettingError, StoreChanged
from core.settings import fields
from core.settings.account import normalise
from core.settings.scope import SERVER_SCOPE, Scope, scope_of
from core.store.store import Store

Verb = Callable[..., Any]

LISTS = ("exempt.addresses", "exempt.accounts", "exempt.send")


MOST_TRIES = 100
"""Times that a change is made anew because somebody else was quicker."""


class Place(NamedTuple):
    """One list: its setting, and the scope that it belongs to."""

    name: str
    scope: Scope

    @property
    def is_shadowed(self) -> bool:
        """Whether an entry there cannot help before the password, as the account is unknown."""
        return self.name == "exempt.accounts" or self.scope.level != "server"


EVERYTHING = Place("exempt.addresses", SERVER_SCOPE)
"""What no option names; for the list, all of it."""


def listed(verb: Verb) -> Verb:
    """Give a verb the options that name a list, and the list as its `place`.

    Without any of them it is the server's list of addresses.
    """

    @wraps(verb)
    def with_place(
        *arguments: Any, send: bool, account: bool, domain: str, mailbox: str, **options: Any
    ) -> Any:
        if send and account:
            raise click.UsageError("--send and --account are two lists; name one")
        name = "exempt.send" if send else "exempt.accounts" if account else "exempt.addresses"
        return verb(*arguments, place=Place(name, scope_of(domain, mailbox)), **options)

    found: Verb = with_place
    for option in (
        click.option(
            "--mailbox",
            default="",
            metavar="USER@DOMAIN",
            callback=not_empty,
            help="Addresses that are exempt for one mailbox.",
        ),
        click.option(
            "--domain",
            default="",
            metavar="DOMAIN",
            callback=not_empty,
            help="Addresses that are exempt for one mail domain.",
        ),
        click.option(
            "--account",
            is_flag=True,
            help="Accounts and domains whose logins pass after the password.",
        ),
        click.option(
            "--send", is_flag=True, help="Accounts and domains that may send without limit."
        ),
    ):
        found = option(found)
    return found


@click.group()
def exempt() -> None:
    """Except addresses, accounts and domains from the checks.

    Exempt addresses pass every country and network check. Exempt accounts pass those after the
    password; the check before it does not know the account yet. A list may belong to the server,
    or, for addresses, to one domain or mailbox.
    """


@exempt.command()
@click.argument("entries", metavar="ENTRY...", nargs=-1, required=True)
@listed
@click.option("--comment", default="", metavar="TEXT", help="Why; shown when the entry decides.")
@click.option(
    "--expires",
    type=Moment(ahead=True),
    default=None,
    metavar="7d|DATE",
    help="When it ends by itself.",
)
@pass_session
def add(
    session: Session,
    entries: tuple[str, ...],
    place: Place,
    comment: str,
    expires: float | None,
) -> None:
    """Add entries: an address, a network (CIDR), an AS number, or an account or domain.

    An entry that is there already gets the new comment and the new end, where one is given.
    """
    if expires is not None and expires <= time.time():
        raise click.BadParameter("that has passed already", param_hint="--expires")
    fresh = [
        {"entry": entry}
        | ({"comment": comment} if comment else {})
        | ({"expires": expires} if expires else {})
        for entry in entries
    ]
    _merge(session, place, fresh, why=comment)
    if place.is_shadowed:
        tell_of_shadow(session)


def _merge(session: Session, place: Place, fresh: list[Entry], why: str) -> None:
    checked = fields.plain(fields.check(place.name, fresh, place.scope.level))

    def merged(present: list[Entry]) -> list[Entry]:
        kept = {canonical(each["entry"]): each for each in present}
        for each in checked:
            entry = canonical(each["entry"])
            said = {key: value for key, value in each.items() if value}
            kept[entry] = each | kept.get(entry, {}) | said | {"entry": entry}
        return list(kept.values())

    _change(session, place, merged, why)


def _change(
    session: Session, place: Place, changed: Callable[[list[Entry]], list[Entry]], why: str
) -> None:
    """Change a list as it is at that moment: two commands at once must not lose an entry."""
    with opened(session.config) as store:
        for _ in range(MOST_TRIES):
            try:
                present = _present(store, place)
                _put(session, store, place, present, changed(present), why)
            except StoreChanged:
                continue
            return
    raise StoreChanged(f"{place.name} is being changed by many at once: try again")


def canonical(entry: str) -> str:
    """One spelling for one thing, so that it stands in a list once."""
    if fields.ASN.match(entry):
        return entry.upper()
    try:
        network = ip_network(entry, strict=False)
    except ValueError:
        return normalise(entry)
    single = network.prefixlen == network.max_prefixlen
    return str(network.network_address if single else network)


def _present(store: Store, place: Place) -> list[Entry]:
    scope = place.scope
    found = store.settings.all().get((scope.level, scope.name), {}).get(place.name, [])
    return list(found)


def _put(
    session: Session,
    store: Store,
    place: Place,
    present: list[Entry],
    entries: list[Entry],
    why: str,
) -> None:
    changes = differences(store, {place.scope: {place.name: entries or None}})
    if not changes:
        say("Nothing to do: it already is so.")
        return
    if (changes[0].before or []) != present:
        raise StoreChanged(place.name)
    make(store, changes, session.who, why)
    count = "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
    say(f"{place.name} for {in_words(place.scope)}: {count}")
    session.reload()


@exempt.command()
@click.argument("entries", metavar="ENTRY...", nargs=-1, required=True)
@listed
@pass_session
def remove(
    session: Session,
    entries: tuple[str, ...],
    place: Place,
) -> None:
    """Remove entries. Nothing is removed when one of them is not in the list."""
    gone = {canonical(entry) for entry in entries}

    def left(present: list[Entry]) -> list[Entry]:
        missing = gone - {canonical(each["entry"]) for each in present}
        if missing:
            raise SettingError(
                f"{place.name}: {', '.join(sorted(missing))} is not in the list of "
                f"{in_words(place.scope)}"
            )
        return [each for each in present if canonical(each["entry"]) not in gone]

    _change(session, place, left, "")


@exempt.command("list")
@as_json
@click.option(
    "--csv",
    "as_csv",
    is_flag=True,
    help="As `exempt import` takes it back; one list, the server's addresses unless another is "
    "named.",
)
@listed
@pass_session
def list_(
    session: Session,
    as_json: bool,
    as_csv: bool,
    place: Place,
) -> None:
    """List all exemptions, of all scopes, or those of one list."""
    rules = resolved(session.config)
    found = [
        {"list": name, "level": scope.level, "scope": scope.name, **fields.plain(entry)}
        for scope, values in rules.overrides.items()
        for name in LISTS
        for entry in values.get(name, ())
    ]
    if as_csv or place != EVERYTHING:
        wanted = (place.name, *place.scope)
        found = [each for each in found if (each["list"], each["level"], each["scope"]) == wanted]
    if as_json:
        emit(found)
    elif as_csv:
        say(entry_file.write(found).removesuffix("\n"))
    elif found:
        table(
            ("list", "for", "entry", "comment", "ends"),
            [_row(each) for each in found],
            fold=("entry", "comment"),
        )
    else:
        say("Nobody is exempt.")


def _row(each: dict[str, Any]) -> tuple[str, ...]:
    expires = each.get("expires", 0)
    ends = ("expired " if expires <= time.time() else "") + local(expires) if expires else "never"
    scope = scope_of_stored((each["level"], each["scope"]))
    return each["list"], str(scope), each["entry"], each.get("comment", ""), ends


@exempt.command("import")
@click.argument("file", type=click.File("rb"))
@listed
@click.option("--comment", default="", metavar="TEXT", help="For entries that have none.")
@click.option("--dry-run", is_flag=True, help="Only show what would be added.")
@pass_session
def import_(
    session: Session,
    file: BinaryIO,
    place: Place,
    comment: str,
    dry_run: bool,
) -> None:
    """Add the entries of FILE: CSV (entry, comment, expires), or one entry a line.

    The `.lst` files of MagicSpam are such lists. All entries are added, or none when one is wrong.
    FILE `-` is standard input.
    """
    fresh = entry_file.read(file.read(), comment)
    fields.check(place.name, fresh, place.scope.level)
    if dry_run:
        for entry in fresh:
            say(canonical(entry["entry"]))
        return
    if fresh:
        _merge(session, place, fresh, why="import")
    else:
        say("Nothing to do: the file names nobody.")
