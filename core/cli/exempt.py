"""``exempt``: who is not checked."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, BinaryIO

import click
import msgspec

from core.cli.moment import Moment
from core.cli.parameters import as_json, not_empty
from core.cli.session import Session, pass_session, tell
from core.cli.shadow import tell_of_shadow
from core.cli.terminal import emit, remark, say, table
from core.desk import entry_file, entry_import, exempt_match, exemptions
from core.desk.change import in_words
from core.desk.entry import PASSES, Entry, Place
from core.desk.entry_file import Form
from core.desk.exemptions import Exemption, Outcome
from core.desk.moment import local
from core.desk.text import counted, printable
from core.net.addresses import parse
from core.settings.scope import scope_of

Verb = Callable[..., Any]

EVERYTHING = Place("exempt.addresses")
"""What no option names; for the list, all of it."""


_FLAGS = {"send": "exempt.send", "account": "exempt.accounts", "traveller": PASSES}
"""Option -> the list that it names."""


def listed(verb: Verb) -> Verb:
    """Give a verb the options that name a list, and the list as its `place`.

    Without any of them it is the server's list of addresses.
    """

    @wraps(verb)
    def with_place(*arguments: Any, domain: str, mailbox: str, **options: Any) -> Any:
        named = [name for option, name in _FLAGS.items() if options.pop(option)]
        if len(named) > 1:
            raise click.UsageError(f"{' and '.join(named)} are two lists or more; name one")
        name = named[0] if named else "exempt.addresses"
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
            "--pass",
            "traveller",
            is_flag=True,
            help="Traveller passes: countries that pass until a date, for a scope or everybody.",
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
    or, for addresses and traveller passes, to one domain or mailbox.
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
    """Add entries: an address, a network (CIDR), an AS number, an account or domain, or a country.

    An entry that is there already gets the new comment and the new end, where one is given.
    """
    if expires is not None and expires <= time.time():
        raise click.BadParameter("that has passed already", param_hint="--expires")
    fresh = [Entry(entry, comment, expires or 0) for entry in entries]
    with session.desk() as desk:
        _tell(exemptions.add(desk, place, fresh, comment))
        tell_of_shadow(desk, place.scope, place.name)


def _tell(outcome: Outcome) -> None:
    if not outcome.changes:
        say("Nothing to do: it already is so.")
    for change in outcome.changes:
        count = counted(len(change.after or ()), "entry", "entries")
        say(f"{change.name} for {in_words(change.scope)}: {count}")
    tell(outcome.told)


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
    with session.desk() as desk:
        _tell(exemptions.remove(desk, place, entries))


@exempt.command()
@pass_session
def purge(session: Session) -> None:
    """Remove all entries that are over, from the lists of all scopes."""
    with session.desk() as desk:
        _tell(exemptions.purge(desk))


@exempt.command("list")
@as_json
@click.option(
    "--csv",
    "as_csv",
    is_flag=True,
    help="As `exempt import` takes it back; one list, the server's addresses unless another is "
    "named.",
)
@click.option(
    "--form",
    type=click.Choice([form.value for form in Form]),
    default=None,
    help="As --csv, in a form that another program reads.",
)
@listed
@pass_session
def list_(
    session: Session,
    as_json: bool,
    as_csv: bool,
    form: str | None,
    place: Place,
) -> None:
    """List all exemptions, of all scopes, or those of one list."""
    with session.desk(make=False) as desk:
        found = exemptions.listed(desk)
    form = form or ("csv" if as_csv else None)
    if form or place != EVERYTHING:
        found = [each for each in found if each.place == place]
    if as_json:
        emit([_document(each) for each in found])
    elif form:
        say(entry_file.write((each.entry for each in found), Form(form)).removesuffix("\n"))
    elif found:
        table(
            ("list", "for", "entry", "comment", "ends"),
            [_row(each) for each in found],
            fold=("entry", "comment"),
        )
    else:
        say("Nobody is exempt.")


def _document(each: Exemption) -> dict[str, Any]:
    scope = each.place.scope
    return {
        "list": each.place.name,
        "level": scope.level,
        "scope": scope.name,
        **msgspec.to_builtins(each.entry),
    }


def _row(each: Exemption) -> tuple[str, ...]:
    entry = each.entry
    ends = ("expired " if entry.is_over() else "") + local(entry.expires) if entry.expires else ""
    return (each.place.name, str(each.place.scope), entry.entry, entry.comment, ends or "never")


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

    The `.lst` files of MagicSpam are such lists. Read are, too: csf.allow and csf.ignore of CSF,
    cPHulk's white list (`whmapi1 --output=json read_cphulk_records list_name=white`), ignoreip of
    fail2ban's jail.local, and SpamAssassin's preferences (trusted_networks for addresses;
    whitelist_from, which are senders, for accounts). Lists of who is shut out are refused.

    All entries are added, or none when one is wrong; every bad line is named. What is over already
    is left out. FILE `-` is standard input.
    """
    with session.desk(make=not dry_run) as desk:
        shown = entry_import.preview(desk, place, file.read(), comment, _name(file))
        for each in shown.remarks:
            remark(printable(each))
        entry_import.refuse(shown)
        if dry_run:
            for entry in (*shown.fresh, *shown.changed):
                say(printable(entry.entry))
        elif shown.fresh or shown.changed or shown.same:
            _tell(entry_import.carry_out(desk, shown))
        else:
            say("Nothing to do: the file names nobody.")


def _name(file: BinaryIO) -> str:
    """The file's name; standard input may have none."""
    return str(getattr(file, "name", ""))


@exempt.command()
@click.argument("who", metavar="IP|LOGIN")
@click.option("--account", default="", metavar="LOGIN", help="Beside an address: who logs in.")
@as_json
@pass_session
def check(session: Session, who: str, account: str, as_json: bool) -> None:
    """Say whether an address or an account is exempt, and by which entry of which list."""
    address = who if parse(who) is not None else ""
    if not address and account:
        raise click.UsageError("name an address and --account, or an account alone")
    with session.desk(make=False) as desk:
        found = exempt_match.match(desk, address, account or ("" if address else who))
    questions = {
        "before": ("before the password", found.before),
        "after": ("after the password", found.after),
        "sending": ("sending", found.sending),
    }
    if as_json:
        document: dict[str, Any] = {
            key: each and _document(each) for key, (_, each) in questions.items()
        }
        emit(document | {"passes": [_document(each) for each in found.passes]})
        return
    for what, each in questions.values():
        say(f"{what:<20} {_in_words(each)}")
    for each in found.passes:
        say(f"{'traveller pass':<20} {_in_words(each)}")


def _in_words(each: Exemption | None) -> str:
    if each is None:
        return "not exempt"
    note = f" ({each.entry.comment})" if each.entry.comment else ""
    return printable(f"{each.entry.entry}{note}, of {each.place.name} for {each.place.scope}")
