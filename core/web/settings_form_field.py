"""One setting in a form: its control, where its value comes from, and what there is to know."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import msgspec
from flask_babel import gettext
from msgspec import Struct

from core.desk.setting import value_of
from core.desk.shadow import Shadow
from core.settings.account import domain_of
from core.settings.fields import Field, plain
from core.settings.model import Settings
from core.settings.scope import DOMAIN_SWITCH, SERVER_SCOPE, Resolved, Scope
from core.store.audit import AuditEntry
from core.web import settings_form_control as control
from core.web.settings_form_control import Given, Kind, Limits
from core.web.settings_form_refusal import Refusal
from core.web.settings_form_words import UNITS, place, words


class FormField(Struct, kw_only=True):
    """One setting as the template shows it.

    Attributes:
        field: what it is.
        kind: its control.
        scope: where it is set.
        given: what stands in the control.
        own: what the scope sets itself, plain; None when it sets nothing.
        inherited: what counts without that, typed.
        inherited_from: where that comes from; None for the default.
        inherits: whether the scope is to have no value of its own.
        counts: whether an own value counts: not while the domain's rules are off.
        editable: whether the visitor may change it.
        note: what else there is to know, e.g. that the licence has switched it off.
        shadow: why an own value cannot help; None when it does.
        changed: who changed it last; None when nobody has.
        fault: what is wrong with what stands in the control.
        refusal: of a refusal text, what the refused read.
    """

    field: Field
    kind: Kind
    scope: Scope
    given: Given
    own: Any
    inherited: Any
    inherited_from: Scope | None
    inherits: bool
    counts: bool
    editable: bool
    note: str = ""
    shadow: Shadow | None = None
    changed: AuditEntry | None = None
    fault: str = ""
    refusal: Refusal | None = None

    @property
    def name(self) -> str:
        """Its name in the form."""
        return control.form_name(self.field.name)

    @property
    def title(self) -> str:
        """What it is called."""
        return str(gettext(self.field.title))

    @property
    def limits(self) -> Limits:
        """Its limits."""
        return control.limits_of(self.field)

    @property
    def unit(self) -> str:
        """What a number counts, "" where it is a mere number."""
        return str(UNITS.get(self.field.unit, ""))

    @property
    def range(self) -> str:
        """The limits of a number in words."""
        limits = self.limits
        if limits.least is None or limits.most is None:
            return ""
        least, most = (words(self.field.name, bound) for bound in (limits.least, limits.most))
        return str(gettext("%(least)s to %(most)s", least=least, most=most))

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The values of a choice and what people call them."""
        return [(value, str(gettext(said))) for value, said in self.field.choices.items()]

    @property
    def is_own(self) -> bool:
        """Whether the scope sets it itself."""
        return self.own is not None

    @property
    def can_inherit(self) -> bool:
        """Whether the form offers to take an own value back."""
        return self.editable and (self.is_own or self.scope != SERVER_SCOPE)

    @property
    def inherit_words(self) -> str:
        """What inheriting would mean."""
        value = words(self.field.name, self.inherited)
        if self.inherited_from is None and self.scope == SERVER_SCOPE:
            return str(gettext("Use the default: %(value)s", value=value))
        if self.inherited_from is None:
            return str(gettext("Inherit the default: %(value)s", value=value))
        where = place(self.inherited_from)
        return str(gettext("Inherit from %(place)s: %(value)s", place=where, value=value))

    @property
    def origin(self) -> str:
        """Where the value comes from that stands there now."""
        if self.is_own:
            return str(gettext("set here"))
        if self.inherited_from is None:
            return str(gettext("default"))
        return str(gettext("inherited from %(place)s", place=place(self.inherited_from)))

    @property
    def present(self) -> Any:
        """What stands there before anybody changes it, typed or plain."""
        return self.own if self.is_own else self.inherited

    @property
    def said(self) -> str:
        """The present value in words, for those who may not change it."""
        return words(self.field.name, self.present)


def describe(rules: Resolved, scope: Scope, known: Field, editable: bool) -> FormField:
    """A setting as it is now.

    Args:
        rules: all settings.
        scope: where.
        known: the setting.
        editable: whether the visitor may change it.
    """
    kind = control.kind_of(known)
    own = plain(rules.overrides.get(scope, {}).get(known.name))
    above = _above(scope)
    inherited = value_of(Settings() if above is None else rules.of(above), known.name)
    return FormField(
        field=known,
        kind=kind,
        scope=scope,
        given=control.shown(kind, inherited if own is None else own),
        own=own,
        inherited=inherited,
        inherited_from=None if above is None else rules.origin(known.name, above),
        inherits=own is None and scope != SERVER_SCOPE,
        counts=known.name == DOMAIN_SWITCH or rules.counts(scope),
        editable=editable,
    )


def _above(scope: Scope) -> Scope | None:
    """The scope whose value counts where this one sets nothing."""
    if scope.level == "mailbox":
        return Scope("domain", domain_of(scope.name))
    return SERVER_SCOPE if scope.level == "domain" else None


def fingerprint(secret: str, scope: Scope, name: str, own: Any) -> str:
    """What a form remembers of an own value, to notice whether anybody has changed it since.

    Args:
        secret: keeps others from finding the value out.
        scope, name: whose.
        own: plain; None where the scope inherits.
    """
    text = msgspec.json.encode([scope.level, scope.name, name, own], order="deterministic")
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()[:20]
