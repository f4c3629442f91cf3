"""``exempt``: who is not checked."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any, BinaryIO, TypeVar

import click

from core.cli import entry_file
from core.cli.change import Difference, differences, in_words, make, scope_of_stored
from core.cli.moment import Moment, local
from core.cli.parameters import as_json
from core.cli.session import Session, pass_session
from core.cli.stores import opened, resolved
from core.cli.terminal import emit, remark, say, table
from core.errors import SettingError
from core.settings import fields
from core.settings.account import normalise
from core.settings.scope import Scope, scope_of
from core.store.store import Store

Verb = TypeVar("Verb", bound=Callable[..., Any])

LISTS = ("exempt.addresses", "exempt.accounts", "exempt.send")


def listed(verb: Verb) -> Verb:
    """Give a verb the options that name a list; without them it is the server's addresses."""
    for option in (
        click.option(
            "--mailbox",
            default="",
            metavar="USER@DOMAIN",
            help="Addresses that are exempt for one mailbox.",
        ),
        click.option(
            "--domain",
            default="",
            metavar="DOMAIN",
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
        verb = option(verb)
    return verb


def _chosen(send: bool, account: bool, domain: str, mailbox: str) -> tuple[str, Scope]:
    if send and account:
        raise click.UsageError("--send and --account are two lists; name one")
    name = "exempt.send" if send else "exempt.accounts" if account else "exempt.addresses"
    return name, scope_of(domain, mailbox)


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
    send: bool,
    account: bool,
    domain: str,
    mailbox: str,
    comment: str,
    expires: float | None,
) -> None:
    """Add entries: an address, a network (CIDR), an AS number, or an account or domain.

    An entry that is there already gets the new comment and the new end.
    """
    name, scope = _chosen(send, account, domain, mailbox)
    if expires is not None and expires <= time.time():
        raise click.BadParameter("that has passed already", param_hint="--expires")
    fresh = [
        {"entry": entry}
        | ({"comment": comment} if comment else {})
        | ({"expires": expires} if expires else {})
        for entry in entries
    ]
    _merge(session, name, scope, fresh, why=comment)
    if session_warns(name, scope):
        remark(
            "Note: the check before the password does not know the account and still refuses; "
            "connect.enabled switches it off."
        )


def session_warns(name: str, scope: Scope) -> bool:
    """Whether an entry there cannot help before the password (A11)."""
    return name == "exempt.accounts" or scope.level != "server"


def _merge(
    session: Session, name: str, scope: Scope, fresh: list[dict[str, Any]], why: str = ""
) -> list[Difference]:
    typed = [fields.plain(each) for each in fields.check(name, fresh, scope.level)]
    with opened(session.config) as store:
        kept = {canonical(each["entry"]): each for each in _present(store, name, scope)}
        for each in typed:
            entry = canonical(each["entry"])
            kept[entry] = each | {"entry": entry}
        return _put(session, store, name, scope, list(kept.values()), why)


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


def _present(store: Store, name: str, scope: Scope) -> list[dict[str, Any]]:
    found = store.settings.all().get((scope.level, scope.name), {}).get(name, [])
    return list(found)


def _put(
    session: Session,
    store: Store,
    name: str,
    scope: Scope,
    entries: list[dict[str, Any]],
    why: str,
) -> list[Difference]:
    changes = differences(store, {scope: {name: entries or None}})
    if not changes:
        say("Nothing to do: it already is so.")
        return changes
    make(store, changes, session.who, why)
    count = "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
    say(f"{name} for {in_words(scope)}: {count}")
    session.reload()
    return changes


@exempt.command()
@click.argument("entries", metavar="ENTRY...", nargs=-1, required=True)
@listed
@pass_session
def remove(
    session: Session,
    entries: tuple[str, ...],
    send: bool,
    account: bool,
    domain: str,
    mailbox: str,
) -> None:
    """Remove entries. Nothing is removed when one of them is not in the list."""
    name, scope = _chosen(send, account, domain, mailbox)
    gone = {canonical(entry) for entry in entries}
    with opened(session.config) as store:
        present = _present(store, name, scope)
        missing = gone - {canonical(each["entry"]) for each in present}
        if missing:
            raise SettingError(
                f"{name}: {', '.join(sorted(missing))} is not in the list of {in_words(scope)}"
            )
        left = [each for each in present if canonical(each["entry"]) not in gone]
        _put(session, store, name, scope, left, "")


@exempt.command("list")
@as_json
@click.option(
    "--csv",
    "as_csv",
    is_flag=True,
    help="The server's addresses, or the list that "
    "--send or --account names, as `exempt import` takes it back.",
)
@listed
@pass_session
def list_(
    session: Session,
    as_json: bool,
    as_csv: bool,
    send: bool,
    account: bool,
    domain: str,
    mailbox: str,
) -> None:
    """List all exemptions, of all scopes, or those of one list."""
    rules = resolved(session.config)
    found = [
        {"list": name, "level": scope.level, "scope": scope.name, **fields.plain(entry)}
        for scope, values in rules.overrides.items()
        for name in LISTS
        for entry in values.get(name, ())
    ]
    if as_csv or send or account or domain or mailbox:
        name, scope = _chosen(send, account, domain, mailbox)
        found = [
            each
            for each in found
            if each["list"] == name and (each["level"], each["scope"]) == tuple(scope)
        ]
    if as_json:
        emit(found)
    elif as_csv:
        say(entry_file.write(found).removesuffix("\n"))
    elif found:
        table(("list", "for", "entry", "comment", "ends"), [_row(each) for each in found])
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
    send: bool,
    account: bool,
    domain: str,
    mailbox: str,
    comment: str,
    dry_run: bool,
) -> None:
    """Add the entries of FILE: CSV (entry, comment, expires), or one entry a line.

    The `.lst` files of MagicSpam are such lists. All entries are added, or none when one is wrong.
    FILE `-` is standard input.
    """
    name, scope = _chosen(send, account, domain, mailbox)
    fresh = entry_file.read(file.read(), comment)
    fields.check(name, fresh, scope.level)
    if dry_run:
        for entry in fresh:
            say(canonical(entry["entry"]))
        return
    if fresh:
        _merge(session, name, scope, fresh, why="import")
    else:
        say("Nothing to do: the file names nobody.")
