"""How tests of the engine put questions: settings, facts and state in a few words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from core.engine.blocks import Blocks
from core.engine.checks import Question
from core.engine.policy import NOTHING_OFF, Snapshot
from core.engine.request import Request
from core.engine.window import SendWindows
from core.licence.feature import Feature
from core.net.addresses import is_local, parse
from core.settings.fields import check
from core.settings.scope import Resolved, Scope, scope_of
from core.sources.facts import AddressFacts, NetworkHit
from core.words import NetworkKind, Service, Stage

WALL = 1_800_000_000.0
"""A moment in seconds since 1970."""

ACCOUNT = "bob@example.test"


def facts(
    address: str = "203.0.113.7",
    country: str = "",
    second: str = "",
    asn: int = 0,
    kinds: tuple[NetworkKind, ...] = (),
) -> AddressFacts:
    """What the sources would say."""
    parsed = parse(address)
    if parsed is None:
        return AddressFacts(address, 0, 0)
    return AddressFacts(
        address=parsed.text,
        version=parsed.version,
        value=parsed.value,
        local=is_local(parsed),
        country=country,
        second=second,
        asn=asn,
        hits=tuple(NetworkHit(kind, f"the {kind}", "203.0.113.0/24", "a list") for kind in kinds),
    )


def snapshot(
    server: dict[str, Any] | None = None,
    domains: dict[str, dict[str, Any]] | None = None,
    mailboxes: dict[str, dict[str, Any]] | None = None,
    server_country: str = "",
    off: Mapping[Feature, str] = NOTHING_OFF,
    without_plan: Collection[str] = (),
) -> Snapshot:
    """Settings, as JSON would give them; features and plans as of `Snapshot` and `Resolved`."""
    scopes: dict[Scope, dict[str, Any]] = {scope_of(): server or {}}
    scopes |= {scope_of(name): values for name, values in (domains or {}).items()}
    scopes |= {scope_of("", name): values for name, values in (mailboxes or {}).items()}
    return Snapshot(
        Resolved(
            {
                scope: {name: check(name, value, scope.level) for name, value in values.items()}
                for scope, values in scopes.items()
            },
            without_plan,
        ),
        server_country,
        off,
    )


class Asking:
    """A server whose state lasts over several questions."""

    def __init__(self, settings: Snapshot) -> None:
        self.settings = settings
        self.blocks = Blocks()
        self.windows = SendWindows()

    def question(
        self,
        stage: Stage = Stage.AUTH,
        known: AddressFacts | None = None,
        account: str = ACCOUNT,
        *,
        service: Service = Service.SUBMISSION,
        sending: bool = True,
        recipients: int = 1,
        now: float = 0.0,
        wall: float = WALL,
        dry: bool = False,
    ) -> Question:
        """A question about what is known."""
        known = known or facts()
        at_connect = stage is Stage.CONNECT
        account = "" if at_connect else account
        return Question(
            request=Request(
                stage,
                known.address,
                service,
                account,
                sending and not at_connect,
                recipients=recipients,
            ),
            facts=known,
            snapshot=self.settings,
            policy=self.settings.server if at_connect else self.settings.policy(account),
            blocks=self.blocks,
            windows=self.windows,
            now=now,
            wall=wall + now,
            dry=dry,
        )
