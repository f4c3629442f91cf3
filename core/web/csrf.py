"""Tokens that prove that a change comes from a form of ours, shown to the same person.

Without cookies, because a panel's frame may forbid them: a token is signed, says for whom it was
made, and ends after a while. Every changing route is checked in `access`, so that no form can
forget it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import g, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import BadRequest
from wtforms.csrf.core import CSRF, CSRFTokenField

from core.web.parts import parts
from core.web.visitor import visitor

SECONDS = 12 * 3600
"""How long a form that lies open may still be sent."""

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"


class StaleForm(BadRequest):
    """A form that is too old, or of somebody else; the page asks to send it again."""


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(parts().secret, salt="mailward form")


def _fingerprint() -> str:
    return hashlib.sha256(visitor().session.encode()).hexdigest()[:32]


def token() -> str:
    """A token for the present visitor."""
    if "csrf_token" not in g:
        g.csrf_token = _serializer().dumps(_fingerprint())
    return str(g.csrf_token)


def check_form() -> None:
    """Make sure that the present request's token is ours and the visitor's.

    Raises:
        StaleForm: it is not.
    """
    given = request.form.get(FIELD) or request.headers.get(HEADER, "")
    try:
        fingerprint = _serializer().loads(given, max_age=SECONDS)
    except BadData as error:
        raise StaleForm from error
    if not hmac.compare_digest(str(fingerprint), _fingerprint()):
        raise StaleForm


class SignedCSRF(CSRF):
    """Puts our token into WTForms' forms. `check_form` has checked it before any form is read."""

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:  # noqa: ARG002  as is
        """The token for a new form."""
        return token()

    def validate_csrf_token(self, form: Any, field: CSRFTokenField) -> None:
        """Nothing is left to check."""
