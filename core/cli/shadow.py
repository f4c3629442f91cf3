"""A word to whoever sets something for an account that cannot help before the password."""

from __future__ import annotations

from core.cli.terminal import remark
from core.desk.desk import Desk
from core.desk.shadow import shadows
from core.settings.scope import Scope

MOST_NAMED = 10
"""Countries that are named."""


def tell_of_shadow(desk: Desk, scope: Scope, name: str) -> None:
    """Say that the server's policy still refuses, if what was just set there cannot help.

    Args:
        desk: whose.
        scope: where something was set.
        name: what was set.

    Raises:
        StoreError: the settings cannot be read.
    """
    for each in shadows(desk.rules().resolved, scope):
        if each.name != name:
            continue
        remark(
            "Note: the check before the password does not know the account: what the server's own "
            "settings refuse there stays refused. connect.enabled switches it off."
        )
        if each.countries:
            named = ", ".join(each.countries[:MOST_NAMED])
            more = len(each.countries) - MOST_NAMED
            remark(f"The server refuses {named}{f' and {more} more' if more > 0 else ''}.")
