"""A word to whoever sets something for an account that cannot help before the password."""

from __future__ import annotations

from core.cli.session import Session
from core.cli.stores import resolved
from core.cli.terminal import remark


def tell_of_shadow(session: Session) -> None:
    """Say that the server's policy still refuses, while the check before the password is on.

    The account is not known there, so what an account or a domain permits does not count (the
    guide's rule, facts/features.md section 8).

    Raises:
        StoreError: the settings cannot be read.
    """
    if resolved(session.config).server.connect.enabled:
        remark(
            "Note: the check before the password does not know the account: what the server's own "
            "settings refuse there stays refused. connect.enabled switches it off."
        )
