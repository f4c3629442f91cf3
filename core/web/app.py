"""Makes the application of the pages: what every page shares is put together here.

A page itself is a module of `pages`; the JSON interface is `api`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Flask, has_request_context, request, url_for
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from jinja2 import StrictUndefined

from core import __version__
from core.errors import StoreError
from core.web import failures
from core.web.access import access_of, guard
from core.web.api.routes import bp as api
from core.web.bridge import Verifier
from core.web.carriage import LARGEST_BODY, Carriage
from core.web.csrf import token
from core.web.doorkeeper import Doorkeeper
from core.web.evidence import evidence
from core.web.headers import guarded
from core.web.icons import icon
from core.web.identity import claim_of
from core.web.menu import links
from core.web.notices import notices
from core.web.parts import KEY, Parts
from core.web.parts import parts as current
from core.web.visible import visible
from core.web.visitor import language_asked, visitor_or_none
from core.web.wording import FILTERS, language

PAGES = (
    "door",
    "dashboard",
    "overview",
    "countries",
    "security",
    "attackers",
    "limits",
    "customers",
    "domains",
    "travellers",
    "exemptions",
    "blocked",
    "stolen",
    "log",
    "explain",
    "system",
    "preferences",
    "undo",
)
"""Modules of `core.web.pages`; each has its routes in `bp`."""


class PanelFlask(Flask):
    """Flask that also builds addresses whose route stands in a query parameter."""

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """An address, relative to the server that the visitor sees."""
        address = super().url_for(endpoint, **values)
        claim = claim_of(request) if has_request_context() else None
        if claim is None or not claim.parameter:
            return address
        parts = urlsplit(address)
        route = parts.path.removeprefix(claim.prefix) or "/"
        pairs = [(claim.parameter, route), *parse_qsl(parts.query, keep_blank_values=True)]
        anchor = f"#{parts.fragment}" if parts.fragment else ""
        return f"{claim.prefix}?{urlencode(pairs)}{anchor}"

    def route_to(self, endpoint: str, **values: Any) -> str:
        """The route alone, for the hidden field of a GET form, whose query the browser drops."""
        claim = claim_of(request)
        path = urlsplit(super().url_for(endpoint, **values)).path
        return path.removeprefix(claim.prefix if claim else "") or "/"


def create_app(parts: Parts, *, customers: bool = False) -> Flask:
    """The application.

    Args:
        parts: what it is made with.
        customers: whether it stands behind the customers' door (`core.web.doorkeeper`).
    """
    app = make_app()
    furnish(app, parts, customers=customers)
    return app


def furnish(app: Flask, parts: Parts, *, customers: bool = False) -> None:
    """Let an application serve with these parts, see `create_app`."""
    app.extensions[KEY] = parts
    doorkeeper = Doorkeeper(parts.panel, customers=customers)
    carriage = Carriage(app.wsgi_app, Verifier(parts.secret), doorkeeper, parts.clock)
    app.wsgi_app = carriage  # type: ignore[assignment, method-assign]  # Flask's documented way


def make_app() -> Flask:
    """The application, whatever it is to serve with: routes, templates, what pages share."""
    app = PanelFlask("core.web", root_path=str(import_module("core.web").__path__[0]))
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_PARTS=20_000,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        BABEL_TRANSLATION_DIRECTORIES="../translations",  # shared with the mails
        WTF_CSRF_ENABLED=False,  # `access` checks every change, not only those with a form class
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    app.jinja_options = {"undefined": StrictUndefined}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(app, locale_selector=_locale, timezone_selector=_zone)
    Bootstrap5(app)
    app.before_request(guard)
    app.after_request(guarded)
    app.after_request(visible)
    app.context_processor(_context)
    app.jinja_env.globals.update(
        form_token=token, notices=notices, icon=icon, asset=_asset, route_to=app.route_to
    )
    app.jinja_env.filters.update(FILTERS, evidence=evidence)
    failures.register(app)
    for name in PAGES:
        page = import_module(f"core.web.pages.{name}").bp
        assert isinstance(page, Blueprint)  # noqa: S101  PAGES is ours
        app.register_blueprint(page)
    app.register_blueprint(api)
    for rule in app.url_map.iter_rules():
        access_of(app, rule.endpoint)  # a route that forgot to say who may enter ends the start
    return app


def _locale() -> str:
    found = visitor_or_none()
    return found.taste.language if found else language_asked(request)


def _zone() -> str | None:
    found = visitor_or_none()
    return (found.taste.zone or None) if found else None


def _context() -> dict[str, Any]:
    """What every template may use."""
    found = visitor_or_none()
    claim = claim_of(request)
    return {
        "visitor": found,
        "menu": list(links(found.viewer.role)) if found else [],
        "layout": f"layout/{claim.layout if claim else 'page'}.html",
        "version": __version__,
        "store_problem": _store_problem() if found else "",
        "language": language(),
        "route_parameter": claim.parameter if claim else "",
    }


def _store_problem() -> str:
    """What went wrong with the store since the pages came up, so that zeros are not believed."""
    try:
        return current().store.problem
    except StoreError:  # the page itself says so
        return ""


def _asset(name: str) -> str:
    """The address of a style sheet or script, new with every version so that it may be kept."""
    return url_for("static", filename=name, v=__version__)
