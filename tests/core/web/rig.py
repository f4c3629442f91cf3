"""Pages in a test: an application on a store of its own, and visitors of every role.

The panel has two resellers, three customers and four domains, so that every test can ask whether
somebody sees what is another's. Requests travel as a panel's bridge sends them: signed.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from flask import Flask
from werkzeug.test import Client, TestResponse

from core.licence.gate import Gate
from core.licence.situation import Situation
from core.licence.standing import Standing, State
from core.licence.tier import Tier
from core.panel import (
    Doors,
    MailDomain,
    MailHook,
    PanelInfo,
    Requirement,
    Role,
    Viewer,
    Visit,
)
from core.settings.config import Config, Listen, Paths
from core.web.app import furnish, make_app
from core.web.bridge import Claim, sign
from core.web.parts import Parts

SECRET = "the secret of a test"

DOMAINS = (
    MailDomain("alpha.example", "anna", "rita", True, ("bob@alpha.example", "eve@alpha.example")),
    MailDomain("beta.example", "anna", "rita", True, ("info@beta.example",)),
    MailDomain("gamma.example", "carl", "rita", True, ("carl@gamma.example",)),
    MailDomain("delta.example", "dora", "rolf", True, ("dora@delta.example",)),
)
"""anna and carl are rita's customers; dora is rolf's."""

IDLE: list[Flask] = []
"""Applications that no test uses: to make one, and to compile its templates, takes longer than most
tests do."""


class TestPanel:
    """A panel whose domains a test may change."""

    __test__ = False
    name = "standalone"
    requirements: Sequence[Requirement] = ()

    def __init__(self) -> None:
        self.listed: list[MailDomain] = list(DOMAINS)
        self.hooks_here: list[MailHook] = []
        self.known: Viewer | None = None

    def probe(self) -> PanelInfo:
        """Found."""
        return PanelInfo(self.name, "1.0", "", "Postfix", "3.7.11")

    def domains(self) -> list[MailDomain]:
        """What the test wants."""
        return self.listed

    def viewer(self, visit: Visit) -> Viewer | None:
        """Whom the test wants; visitors mostly come with a bridge's signature."""
        return self.known

    def bridge(self) -> None:
        """None: the rig signs by itself."""
        return

    def registration(self, state: Path) -> None:
        """None."""
        return

    def hooks(self, doors: Doors, state: Path) -> list[MailHook]:
        """What the test wants."""
        return self.hooks_here


class Pages:
    """The application and its visitors.

    Args:
        directory: for state, run and log.
        clock: seconds since 1970; None for the real one.
    """

    def __init__(self, directory: Path, clock: Any = time.time) -> None:
        self.panel = TestPanel()
        self.config = Config(
            paths=Paths(*(str(directory / name) for name in ("state", "run", "log"))),
            listen=Listen(dovecot="off"),
        )
        self.config.state.mkdir(parents=True)
        self.config.run.mkdir()
        self.clock = clock
        self.parts = Parts(self.config, self.panel, SECRET, clock)
        self.app = IDLE.pop() if IDLE else make_app()
        self._made = dict(self.app.extensions)
        furnish(self.app, self.parts)

    def visitor(self, role: Role | str, login: str, **claim: Any) -> Browser:
        """Somebody; further words are fields of the bridge's claim."""
        return Browser(self, Claim(role=Role(role), login=login, **claim))

    @property
    def admin(self) -> Browser:
        """The administrator."""
        return self.visitor(Role.ADMIN, "root")

    @property
    def reseller(self) -> Browser:
        """rita, who looks after alpha, beta and gamma."""
        return self.visitor(Role.RESELLER, "rita")

    @property
    def customer(self) -> Browser:
        """anna, who owns alpha and beta."""
        return self.visitor(Role.CUSTOMER, "anna")

    @property
    def stranger(self) -> Client:
        """Somebody without a signature."""
        return Stranger(self.app, TestResponse)

    def sell(self, tier: Tier, state: State = State.VALID) -> None:
        """Give the server a licence of that tier, until the pages end."""
        standing = Standing(state=state, tier=tier)
        found = self.panel.probe()
        gate = Gate(standing, found, self.panel.requirements)
        self.parts.situation = lambda: Situation(standing, found, gate)  # type: ignore[method-assign]

    def close(self) -> None:
        """Let go of the store, and leave the application as it was made."""
        self.parts.close()
        self.app.extensions.clear()
        self.app.extensions.update(self._made)
        del self.app.wsgi_app  # the class's own counts again
        IDLE.append(self.app)


class Stranger(Client):
    """A client that reads answers to their end, as browsers do, so that files are closed."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """One request."""
        return super().open(*args, buffered=True, **kwargs)


class Browser:
    """One visitor who keeps no cookies.

    Args:
        pages: what is visited.
        claim: what the bridge says of the visitor.
    """

    def __init__(self, pages: Pages, claim: Claim) -> None:
        self.claim = claim
        self._pages = pages
        self._client = Client(pages.app, TestResponse, use_cookies=False)

    def get(self, path: str, **query: Any) -> TestResponse:
        """Look at a page; `path` is what `url_for` gave, with its prefix and query."""
        pairs = urlencode({k: v for k, v in query.items() if v is not None}, doseq=True)
        joint = "&" if "?" in path else "?"
        return self.send("GET", f"{path}{joint}{pairs}" if pairs else path)

    def post(
        self, path: str, form: Mapping[str, Any] | Sequence[tuple[str, str]] = (), **fields: Any
    ) -> TestResponse:
        """Send a form with this visitor's token."""
        pairs: list[tuple[str, Any]] = [("csrf_token", self.token())]
        pairs += list(form.items() if isinstance(form, Mapping) else form)
        pairs += list(fields.items())
        return self.send("POST", path, urlencode(pairs, doseq=True).encode())

    def follow(self, answer: TestResponse) -> TestResponse:
        """Where a redirect leads."""
        assert answer.status_code in (302, 303), answer.text
        return self.get(answer.headers["Location"])

    def token(self) -> str:
        """A token as the visitor's forms have it."""
        page = self.send("GET", self._address("/preferences"))
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found, page.text
        return found[1]

    def _address(self, route: str) -> str:
        if self.claim.parameter:
            return f"{self.claim.prefix}?{urlencode({self.claim.parameter: route})}"
        return f"{self.claim.prefix}{route}"

    def send(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        """Send anything, signed as the bridge signs."""
        at = int(self._pages.clock())
        signed = sign(SECRET, self.claim, method, target, body, at, secrets.token_urlsafe(18))
        parts = urlsplit(target)
        return self._client.open(
            path=parts.path,
            query_string=parts.query,
            method=method,
            data=body,
            content_type="application/x-www-form-urlencoded" if method == "POST" else None,
            headers={**signed, **(headers or {})},
            environ_overrides={"RAW_URI": target},
            buffered=True,
        )


@contextmanager
def pages_in(directory: Path, clock: Any = time.time) -> Iterator[Pages]:
    """Pages on directories of their own."""
    pages = Pages(directory, clock)
    try:
        yield pages
    finally:
        pages.close()


def json_of(answer: TestResponse) -> Any:
    """The body of an answer of the JSON interface."""
    return msgspec.json.decode(answer.data)
