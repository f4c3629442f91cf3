"""A program with a token, as tests use it."""

from __future__ import annotations

from typing import Any

import msgspec
from werkzeug.test import TestResponse

from core.panel import Role
from tests.core.web.rig import Pages

PEOPLE = {Role.ADMIN: "root", Role.RESELLER: "rita", Role.CUSTOMER: "anna"}


class Program:
    """Sends requests with a token.

    Args:
        pages: where.
        role: in whose place the token stands.
        domains: the only domains; None for all of the role's.
    """

    def __init__(
        self, pages: Pages, role: Role, domains: tuple[str, ...] | None = None, login: str = ""
    ) -> None:
        self._client = pages.stranger
        token, self.secret = pages.parts.store.tokens.create(
            "test", role, login or PEOPLE[role], domains, None, "root", pages.clock()
        )
        self.number = token.id

    def send(self, method: str, path: str, body: Any = None, **query: Any) -> TestResponse:
        """One request."""
        return self._client.open(
            f"/api/v1{path}",
            method=method,
            query_string=query or None,
            data=None if body is None else msgspec.json.encode(body),
            headers={"Authorization": f"Bearer {self.secret}"},
        )

    def get(self, path: str, **query: Any) -> Any:
        """The answer's document."""
        answer = self.send("GET", path, **query)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.data)
