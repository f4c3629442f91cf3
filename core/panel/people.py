"""Who looks at a page, and what a request tells of them, as the panel's own session says."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Role(StrEnum):
    """Who is looking at a page."""

    ADMIN = "admin"
    RESELLER = "reseller"
    CUSTOMER = "customer"


class Viewer(Struct, frozen=True):
    """The person a page is shown to, as the panel's own session says.

    Attributes:
        role, login: who it is for the panel.
        domains: those that they own or look after; an administrator looks after all.
        language, zone: what the panel knows of them: ``de``, ``Europe/Berlin``; "" if nothing.
    """

    role: Role
    login: str
    domains: tuple[str, ...] = ()
    language: str = ""
    zone: str = ""


class Visit(Struct, frozen=True):
    """A page request, as far as it tells who is asking.

    Attributes:
        uid: the user at the other end of the unix socket, as the kernel says; None over TCP.
        headers: names in lower case.
        cookies: by name.
        address: where a TCP connection comes from, "" over a unix socket.
    """

    uid: int | None
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    address: str = ""
