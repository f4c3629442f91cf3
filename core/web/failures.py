"""Pages for what goes wrong: each says what happened, and what to do about it.

Never shows a trace to a visitor; it goes to the log with a number that the page names.
"""

from __future__ import annotations

import secrets

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from core.errors import ControlError, MailwardError, StoreError
from core.licence.feature import OFFERS
from core.web.access import FeatureOff
from core.web.complaints import said
from core.web.csrf import StaleForm
from core.web.wording import sentences

_log = structlog.get_logger()


def register(app: Flask) -> None:
    """Show errors in our own words."""
    app.register_error_handler(StaleForm, _stale)
    app.register_error_handler(FeatureOff, _feature)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StoreError, _store)
    app.register_error_handler(MailwardError, _ours)
    app.register_error_handler(Exception, _unexpected)


def _http(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return make_response(error.get_response())
    title, text = _words(error.code or 500)
    return _page(error.code or 500, title, text)


def _words(code: int) -> tuple[str, str]:
    """What an HTTP status means here."""
    known = {
        400: (
            gettext("The request cannot be read"),
            gettext("Something in the address or the form is not as it should be."),
        ),
        401: (
            gettext("Who are you?"),
            gettext(
                "Open this page from inside your control panel. On a server without a panel, the "
                "command “mailward web link” prints an address that lets you in."
            ),
        ),
        403: (
            gettext("This is not yours to see"),
            gettext("Your account in the control panel may not open this page."),
        ),
        404: (
            gettext("There is no such page"),
            gettext("It is not there, or it belongs to somebody else."),
        ),
        405: (
            gettext("This cannot be done here"),
            gettext("Go back to the page and use its buttons."),
        ),
        413: (
            gettext("That is too much at once"),
            gettext("Send it in smaller parts, or use the command line."),
        ),
    }
    fallback = (gettext("That did not work"), gettext("Try again in a moment."))
    return known.get(code, fallback)


def _feature(error: FeatureOff) -> Response:
    title = gettext("%(feature)s: not on this server", feature=_title(error))
    return _page(403, title, sentences(error.answer.sentences))


def _title(error: FeatureOff) -> str:
    title = str(gettext(OFFERS[error.answer.feature].title))
    return title[:1].upper() + title[1:]


def _stale(_: StaleForm) -> Response:
    return _page(
        400,
        gettext("The form is too old"),
        gettext(
            "It lay open for more than half a day, or somebody else has signed in meanwhile. "
            "Nothing was changed. Go back, load the page again, and send it once more."
        ),
    )


def _store(error: StoreError) -> Response:
    return _page(
        503,
        gettext("The store cannot be read just now"),
        gettext(
            "Mail and logins are guarded as before; only these pages have to wait. %(why)s",
            why=said(error),
        ),
    )


def _ours(error: MailwardError) -> Response:
    code = 503 if isinstance(error, ControlError) else 400
    return _page(code, gettext("That did not work"), said(error))


def _unexpected(error: Exception) -> Response:
    number = secrets.token_hex(4)
    _log.error("a page failed", number=number, path=request.path, exc_info=error)
    return _page(
        500,
        gettext("This page is broken"),
        gettext(
            "That is our fault. Mail and logins are guarded as before. The log of the pages has "
            "the details under the number %(number)s.",
            number=number,
        ),
    )


def _page(code: int, title: str, text: str) -> Response:
    if request.path.startswith("/api/"):
        return make_response(jsonify(error=text, title=title), code)
    g.setdefault("visitor", None)
    return make_response(render_template("pages/failure.html", title=title, text=text), code)
