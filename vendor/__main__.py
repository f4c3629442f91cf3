"""``python -m vendor``: make a signing key, issue licence keys, see what a key says."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from core.errors import LicenceError
from core.licence.key import DAY, LONGEST_CUSTOMER, LicenceKey
from core.licence.key import read as read_key
from core.licence.public_keys import PUBLIC_KEYS
from core.licence.sentence import date
from core.licence.tier import PANEL_TITLES, Tier, full_tier
from vendor import register
from vendor.register import Entry, RegisterError
from vendor.signing_key import KeyFileError, SigningKey

ANY = "any"
"""A key for every panel."""


class Day(click.ParamType[int]):
    """A day, as the second in which it begins in UTC."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Seconds since 1970."""
        try:
            day = datetime.strptime(str(value), "%Y-%m-%d").replace(tzinfo=UTC)
        except ValueError:
            self.fail(f"{value!r} is no date like 2027-12-31", param, ctx)
        return int(day.timestamp())


class Tool(click.Group):
    """Errors that a person can act on become one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb."""
        try:
            return super().invoke(ctx)
        except (LicenceError, KeyFileError, RegisterError) as error:
            raise click.ClickException(str(error)) from error


def short(ctx: click.Context, option: click.Parameter, value: str) -> str:  # noqa: ARG001
    """Refuse a text that no program would take; click passes the rest."""
    if len(value) > LONGEST_CUSTOMER:
        raise click.BadParameter(f"at most {LONGEST_CUSTOMER} characters")
    return value


private_key = click.argument(
    "private", metavar="PRIVATE_KEY_FILE", type=click.Path(dir_okay=False, path_type=Path)
)


@click.group(cls=Tool)
def vendor() -> None:
    """Issue licence keys of Mailward. Keep the private key file safe, and a copy of it safer."""


@vendor.command()
@private_key
@click.option("--passphrase/--no-passphrase", default=True, help="Protect the file with one.")
def keypair(private: Path, passphrase: bool) -> None:
    """Make a key pair: the private key in a new file, the public one as a line to be published.

    The line belongs into core/licence/public_keys.py. Sign with the new key only once a release
    that knows it is out.
    """
    secret = _new_passphrase() if passphrase else ""
    key = SigningKey.make(private, secret.encode())
    click.echo(f'    "{key.id}": "{key.public}",')
    click.echo(f"The private key is in {private}.", err=True)


@vendor.command()
@private_key
@click.option("--tier", type=click.Choice([tier.value for tier in Tier]), help="Or the full one.")
@click.option("--panel", type=click.Choice([*PANEL_TITLES, "standalone", ANY]), required=True)
@click.option("--host", default="", metavar="NAME", help="Bind it to a host.")
@click.option(
    "--machine", default="", metavar="FINGERPRINT", help="Bind it to a machine, as it shows itself."
)
@click.option(
    "--customer", required=True, metavar="TEXT", callback=short, help="Shown on the licence page."
)
@click.option("--from", "begin", type=Day(), metavar="DATE", help="Counts from then; or from now.")
@click.option("--until", type=Day(), metavar="DATE", help="Ends when that day begins in UTC.")
@click.option("--days", type=click.IntRange(1, 36_600), help="Ends so many days after its begin.")
@click.option("--for-ever", is_flag=True, help="Never ends.")
@click.option("--grace", type=click.IntRange(0, 366), default=14, show_default=True, metavar="DAYS")
@click.option(
    "--register",
    "book",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where it is written down; or PRIVATE_KEY_FILE.issued.",
)
def issue(private: Path, book: Path | None, **wanted: Any) -> None:
    """Issue a licence key, write it down, and print it."""
    begin = wanted["begin"] if wanted["begin"] is not None else int(time.time())
    values = {
        "tier": Tier(wanted["tier"] or full_tier(wanted["panel"])),
        "panel": "" if wanted["panel"] == ANY else wanted["panel"],
        "server": _server(wanted["host"], wanted["machine"]),
        "customer": wanted["customer"],
        "issued": begin,
        "expires": _end(begin, wanted["until"], wanted["days"], wanted["for_ever"]),
        "grace_days": wanted["grace"],
    }
    signer = SigningKey.load(private, _passphrase)

    def make(number: int) -> Entry:
        key = LicenceKey(number=number, **values)
        return register.entry(key, signer.id, signer.issue(key))

    made = register.add(book or private.with_name(f"{private.name}.issued"), make)
    click.echo(made.text)
    if signer.id not in PUBLIC_KEYS:
        click.echo(f"Warning: core/licence/public_keys.py does not know {signer.id}.", err=True)


@vendor.command("read")
@click.argument("key", nargs=-1, required=True)
@click.option(
    "--public", metavar="ID:HEX", default="", help="Also count this public key as the vendor's."
)
def read_verb(key: tuple[str, ...], public: str) -> None:
    """Say what a licence key says; with - it is read from standard input."""
    name, _, octets = public.partition(":")
    known = {**PUBLIC_KEYS, **({name: octets} if public else {})}
    found = read_key(sys.stdin.read() if key == ("-",) else " ".join(key), known)
    for field, value in msgspec.structs.asdict(found).items():
        shown = date(float(value)) if field in ("issued", "expires") and value else value
        click.echo(f"{field:<11} {shown}")


def _server(host: str, machine: str) -> str:
    if host and machine:
        raise click.UsageError("a key is bound to a host or to a machine, not to both")
    if host:
        return f"host:{host.strip().lower().rstrip('.')}"
    return f"machine:{machine.strip().lower()}" if machine else ""


def _end(begin: int, until: int | None, days: int | None, for_ever: bool) -> int:
    if (until is not None) + (days is not None) + for_ever != 1:
        raise click.UsageError("say when it ends: one of --until, --days and --for-ever")
    if for_ever:
        return 0
    end = until if until is not None else begin + int((days or 0) * DAY)
    if end <= begin:
        raise click.UsageError("it would end before it begins")
    return end


def _passphrase() -> str:
    return str(click.prompt("Passphrase", hide_input=True, err=True))


def _new_passphrase() -> str:
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True))


if __name__ == "__main__":
    vendor(prog_name="python -m vendor")
