"""``block`` and ``password-changed``: what somebody does about one account."""

from __future__ import annotations

import click

from core.cli.session import Session, notes, pass_session
from core.cli.terminal import say
from core.desk import stolen
from core.desk.moment import local
from core.desk.text import printable

HOUR = 3600


@click.command()
@click.argument("account")
@click.option(
    "--hours",
    default=24.0,
    show_default=True,
    type=click.FloatRange(0.01, 8760),
    help="How long.",
)
@click.option("--why", default="", metavar="TEXT", help="Kept in the history of blocks.")
@pass_session
def block(session: Session, account: str, hours: float, why: str) -> None:
    """Keep an account from sending, now. It may go on reading its mail.

    "mailward blocked release" ends it earlier. Senders without limit are not kept from sending:
    remove the exemption first.
    """
    with session.desk() as desk:
        found = stolen.block(desk, account, round(hours * HOUR), why)
    notes(found.notes)
    say(f"{printable(account)} is blocked from sending until {local(found.until)}.")


@click.command("password-changed")
@click.argument("accounts", metavar="ACCOUNT...", nargs=-1, required=True)
@pass_session
def password_changed(session: Session, accounts: tuple[str, ...]) -> None:
    """Tell that the password of accounts was changed; a panel's event calls it.

    Ends a block for sending too much or for looking stolen (see stolen.lift), closes what was seen
    of the account, and forgets what it has sent. The block for sending too much is ended, and what
    was sent forgotten, once in send.block_seconds: whoever spams can change the password, too. It
    is no error when there was nothing to do.
    """
    with session.desk(make=False) as desk:
        for account in accounts:
            found = stolen.password_changed(desk, account)
            notes(found.notes)
            released = " may send again;" if found.released else ""
            say(f"{printable(account)}:{released} signals closed: {found.closed}.")
