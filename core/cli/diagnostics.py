"""``diagnostics``: what somebody needs who helps, in one file."""

from __future__ import annotations

import os

import click

from core.cli.exit_code import Trouble
from core.cli.session import Session, pass_session
from core.cli.terminal import say
from core.desk.text import counted, printable


@click.command()
@click.argument("file", type=click.Path(dir_okay=False))
@pass_session
def diagnostics(session: Session, file: str) -> None:
    """Write an archive (zip) for whoever helps: versions, settings, status, hooks, logs.

    It holds no keys, tokens or passwords, but addresses and account names of the last events: look
    at it before you send it. FILE must not be there yet; only its owner may read it.
    """
    # Loads nearly everything there is.
    from core.desk.diagnostics import archive  # noqa: PLC0415

    with session.desk(make=False) as desk:
        payload = archive(desk)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as page:
            page.write(payload)
    except OSError as error:
        raise Trouble(f"{file}: {error.strerror}") from error
    say(f"{printable(file)}: {counted(len(payload), 'byte')}")
