"""Tokens with which programs use the JSON interface: made, shown once, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import request
from flask_babel import LazyString, gettext, lazy_gettext
from msgspec import Struct
from werkzeug.wrappers import Response

from core.errors import SettingError
from core.licence.feature import Feature
from core.panel import Role
from core.settings.account import LONGEST
from core.settings.scope import scope_of
from core.store.tokens import LONGEST_NAME, MOST_DOMAINS, Token
from core.web.access import ADMIN, allow
from core.web.features import why_off
from core.web.notices import back_to, tell
from core.web.pages.system_tabs import tab_page
from core.web.parts import parts
from core.web.visitor import visitor

DAY: Final = 86_400.0

ROLES: Final[dict[str, LazyString]] = {
    Role.ADMIN: lazy_gettext("administrator: everything"),
    Role.RESELLER: lazy_gettext("reseller: the domains of their customers"),
    Role.CUSTOMER: lazy_gettext("customer: their own domains"),
}

ENDS: Final[dict[str, LazyString]] = {
    "30": lazy_gettext("in 30 days"),
    "90": lazy_gettext("in 90 days"),
    "365": lazy_gettext("in a year"),
    "never": lazy_gettext("never"),
}
"""Titles of the ends: a number is days from now."""

USUAL_END: Final = "365"


class Typed(Struct, frozen=True):
    """The form as it was sent.

    Attributes:
        name, role, login, domains, end: as they were typed.
        faults: what is wrong, by the field's name.
        only: the domains, None for all that the role sees.
    """

    name: str = ""
    role: str = Role.ADMIN
    login: str = ""
    domains: str = ""
    end: str = USUAL_END
    faults: dict[str, str] = {}
    only: tuple[str, ...] | None = None

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Typed:
        """From a form."""
        name, role, login, domains, end = (
            form.get(field, "").strip() for field in ("name", "role", "login", "domains", "end")
        )
        faults: dict[str, str] = {}
        if not name:
            faults["name"] = gettext("Say what it is for.")
        elif len(name) > LONGEST_NAME:
            faults["name"] = gettext("That is too long.")
        if role not in ROLES:
            faults["role"] = gettext("There is no such choice.")
        elif fault := _fault_of_login(role, login):
            faults["login"] = fault
        if end not in ENDS:
            faults["end"] = gettext("There is no such choice.")
        only = _domains(domains, faults)
        if only and not faults:
            _keep_to(only, role, login, faults)
        return cls(name, role, login, domains, end, faults, only)


class TokenLine(Struct, frozen=True):
    """One token, and whether it is good, has expired, or was taken back."""

    token: Token
    role: str
    tone: str
    state: str


@allow(ADMIN)
def show() -> str:
    """The page."""
    return _page(Typed())


@allow(ADMIN, Feature.API)
def create() -> str | tuple[str, int]:
    """Make a token. Its secret is on this one page and nowhere else, so there is no redirect."""
    typed = Typed.read(request.form)
    if typed.faults:
        return _page(typed), 422
    now = parts().clock()
    expires = None if typed.end == "never" else now + int(typed.end) * DAY
    login = typed.login or visitor().viewer.login
    token, secret = parts().store.tokens.create(
        typed.name, typed.role, login, typed.only, expires, visitor().who, now
    )
    return _page(Typed(), made=token, secret=secret)


@allow(ADMIN)
def revoke() -> Response:
    """Take a token back, for good."""
    text = request.form.get("number", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < len(str(1 << 62)) else 0
    if parts().store.tokens.revoke(number, parts().clock()):
        tell(gettext("The token is taken back; whoever has it gets no answer any more."))
    else:
        tell(gettext("There is no such token, or it was taken back before."), "warn")
    return back_to("system.tokens")


def _fault_of_login(role: str, login: str) -> str:
    if role == Role.ADMIN:
        return ""
    if not login:
        return str(gettext("Whose place does it stand in? Name their login in the panel."))
    if len(login) > LONGEST or not parts().directory.of(Role(role), login):
        return str(gettext("Nobody of that name has a domain here."))
    return ""


def _domains(text: str, faults: dict[str, str]) -> tuple[str, ...] | None:
    names = text.replace(",", " ").split()
    if not names:
        return None
    try:
        found = tuple(dict.fromkeys(scope_of(domain=name).name for name in names))
    except SettingError as error:
        faults["domains"] = str(error)
        return None
    if len(found) > MOST_DOMAINS:
        faults["domains"] = gettext("A token is for %(most)d domains at most.", most=MOST_DOMAINS)
    return found


def _keep_to(only: tuple[str, ...], role: str, login: str, faults: dict[str, str]) -> None:
    """A token for somebody opens nothing that is not theirs."""
    if role == Role.ADMIN:
        return
    strange = sorted(set(only) - parts().directory.of(Role(role), login))
    if strange:
        faults["domains"] = gettext(
            "%(domain)s is not a domain of %(login)s.", domain=strange[0], login=login
        )


def _page(typed: Typed, made: Token | None = None, secret: str = "") -> str:
    now = parts().clock()
    return tab_page(
        "system_tokens.html",
        "system.tokens",
        typed=typed,
        made=made,
        secret=secret,
        roles=ROLES,
        ends=ENDS,
        off=why_off(Feature.API),
        lines=[_line(token, now) for token in parts().store.tokens.all()],
        now=now,
    )


def _line(token: Token, now: float) -> TokenLine:
    role = str(ROLES[token.role]).partition(":")[0] if token.role in ROLES else token.role
    if token.revoked is not None:
        return TokenLine(token, role, "plain", gettext("taken back"))
    if not token.is_good(now):
        return TokenLine(token, role, "warn", gettext("expired"))
    return TokenLine(token, role, "good", gettext("good"))
