"""A form for settings of one scope, made from what `core.settings` says of each of them.

A page names the settings, shows the form with the macros of parts/settings.html, and hands back
what was sent. Somebody's input is never lost: with a fault nothing is changed, and everything
stands there as it was typed. Settings that only the administrator may change are shown to others
and never taken from them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final

from flask_babel import gettext, ngettext
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict

from core.desk import change
from core.desk.change import Difference
from core.desk.shadow import shadows
from core.errors import SettingError, StoreChanged
from core.licence.feature import Feature
from core.net.countries import CODES
from core.settings import fields
from core.settings.fields import FIELDS, plain
from core.settings.scope import SERVER_SCOPE, Resolved, Scope
from core.web import settings_form_control as control
from core.web import settings_form_length
from core.web.features import is_on, why_locked, why_off
from core.web.home_country import home_country
from core.web.notices import tell
from core.web.parts import parts
from core.web.settings_form_control import Kind
from core.web.settings_form_field import FormField, describe, fingerprint
from core.web.settings_form_refusal import placeholders, refusal
from core.web.settings_form_words import words
from core.web.visitor import visitor
from core.web.wording import country

Sent = MultiDict[str, str]
"""The fields of a request's form."""

MOST_NAMED: Final = 3
"""Changes that a message names; of more it tells the number."""


class SettingsForm:
    """The form.

    Args:
        scope: whose settings; whether the visitor may see it is for `sight` to say.
        names: settings in their order. Those that are not legal on the scope's level are left out.
        sent: what was sent; None to show what is.
        rules: all settings, where the page has read them already.

    Attributes:
        scope: whose settings.
        fields: by the setting's name.
        problem: what is wrong with the form as a whole.
        locked: why nothing but taking back is possible, "" when all is.
        country: the server's detected country, for the list of countries.

    Raises:
        ValueError: a setting is a list that has a page of its own.
        StoreError: the store cannot be read.
    """

    def __init__(
        self,
        scope: Scope,
        names: Iterable[str],
        sent: Sent | None = None,
        rules: Resolved | None = None,
    ) -> None:
        self.scope = scope
        self.problem = ""
        self.country = home_country()
        self.rules = rules if rules is not None else _desk().rules().resolved
        self.locked = why_locked(scope)
        legal = [name for name in names if scope.level in FIELDS[name].levels]
        self.fields = {name: self._described(name) for name in legal}
        self._tell_more()
        self._sent = sent
        self._wanted = {} if sent is None else self._read(sent)
        self._tell_refusals()

    def __iter__(self) -> Iterator[FormField]:
        """The fields in their order."""
        return iter(self.fields.values())

    def __getitem__(self, name: str) -> FormField:
        """The field of a setting."""
        return self.fields[name]

    @property
    def faults(self) -> list[FormField]:
        """Fields with something wrong in them."""
        return [each for each in self if each.fault]

    @property
    def wanted(self) -> dict[str, Any]:
        """What is to be changed, plain; None to inherit. Nothing until something was sent."""
        return dict(self._wanted)

    @property
    def countries(self) -> list[tuple[str, str]]:
        """Every country by its code, in the order of their names."""
        return sorted(((code, country(code)) for code in CODES), key=lambda each: _plain(each[1]))

    @property
    def units(self) -> dict[str, str]:
        """Units of a length of time."""
        return {unit: str(said) for unit, said in settings_form_length.TITLES.items()}

    @property
    def placeholders(self) -> dict[str, str]:
        """What may stand in a refusal, explained."""
        return placeholders()

    @property
    def is_editable(self) -> bool:
        """Whether the visitor may change any of it."""
        return any(each.editable for each in self)

    def was(self, each: FormField) -> str:
        """What the form remembers of a field's own value."""
        return fingerprint(parts().secret, self.scope, each.field.name, each.own)

    def save(self, why: str = "") -> bool:
        """Make the changes, all or none, and tell of them.

        Args:
            why: kept in the audit trail.

        Returns:
            Whether all is well; else the form is to be shown again.

        Raises:
            StoreError: nothing was changed.
        """
        if self.faults:
            count = len(self.faults)
            self.problem = ngettext(
                "Nothing was changed: %(num)s field needs another look.",
                "Nothing was changed: %(num)s fields need another look.",
                count,
            )
            return False
        desk = _desk()
        changes = change.preview(desk, {self.scope: self._wanted})
        if not changes:
            tell(gettext("Everything already was so."))
            return True
        try:
            told = change.commit(desk, changes, why)
        except StoreChanged:
            self.problem = gettext(
                "Nothing was changed: somebody else was changing the same just now. Look again, "
                "and send it once more."
            )
            return False
        tell(self._told(changes), undo=told.audit)
        for line in (*told.lines, *self._warnings()):
            tell(line, "warn")
        return True

    def _described(self, name: str) -> FormField:
        known = FIELDS[name]
        return describe(self.rules, self.scope, known, visitor().sight.is_admin or known.customer)

    def _tell_more(self) -> None:
        """Who changed what, what cannot help, what is switched off."""
        known = parts().store.audit.latest((self.scope.level, self.scope.name), list(self.fields))
        for name, entry in known.items():
            self.fields[name].changed = entry
        if self.scope != SERVER_SCOPE and is_on(Feature.CONNECT):
            for found in shadows(self.rules, self.scope, server_country=self.country):
                if found.name in self.fields:
                    self.fields[found.name].shadow = found
        if "connect.enabled" in self.fields:
            self.fields["connect.enabled"].note = why_off(Feature.CONNECT)

    def _read(self, sent: Sent) -> dict[str, Any]:
        """Put what was sent into the fields; returns what is to be changed, plain."""
        wanted: dict[str, Any] = {}
        there = set(sent.getlist("field"))
        for each in self:
            if each.editable and each.name in there:
                self._read_field(each, sent, wanted)
        return wanted

    def _read_field(self, each: FormField, sent: Sent, wanted: dict[str, Any]) -> None:
        name = each.field.name
        each.given = control.sent(each.field, each.kind, sent)
        each.inherits = f"{each.name}-inherit" in sent
        value = None
        if not each.inherits:
            if each.kind is Kind.SECRET and not each.given.text:
                each.inherits = not each.is_own and self.scope != SERVER_SCOPE
                return  # an empty field keeps the secret
            try:
                value = control.read(each.field, each.kind, each.given, self.scope.level)
            except SettingError as error:
                each.fault = str(error)
                return
        value, was = self._compared(each, value), sent.get(f"{each.name}-was")
        if was is not None and was != self.was(each):
            self._changed_meanwhile(each, value, was)
        elif value != each.own:
            if self.locked and value is not None:
                each.fault = self.locked
            wanted[name] = value

    def _compared(self, each: FormField, value: Any) -> Any:
        """The server's default, when nobody has chosen it, stays nobody's choice."""
        untouched = self.scope == SERVER_SCOPE and not each.is_own
        return None if untouched and value == plain(each.inherited) else value

    def _changed_meanwhile(self, each: FormField, value: Any, was: str) -> None:
        """Somebody else was faster: a fault, unless this person has left the field as it was."""
        shown = {fingerprint(parts().secret, self.scope, each.field.name, value)}
        if self.scope == SERVER_SCOPE and value == plain(each.inherited):
            shown.add(fingerprint(parts().secret, self.scope, each.field.name, None))
        if was in shown or value == each.own:
            fresh = self._described(each.field.name)
            each.given, each.inherits = fresh.given, fresh.inherits
            return
        now = each.said if each.is_own else each.origin
        each.fault = gettext(
            "Somebody else has changed this meanwhile; now it is: %(value)s. Send it again if "
            "yours is to count.",
            value=now,
        )

    def _tell_refusals(self) -> None:
        """What the refused would read, with whom to ask as it stands in the form."""
        settings = self.rules.of(self.scope)
        contact = self.fields.get("text.contact")
        if contact is not None and not contact.fault and not contact.inherits:
            settings = replace(settings, text=replace(settings.text, contact=contact.given.text))
        for each in self:
            if each.kind is Kind.REFUSAL:
                name, now = each.field.name, parts().clock()
                each.refusal = refusal(name, each.given.text, settings, self.scope, now)

    def _told(self, changes: list[Difference]) -> str:
        if len(changes) > MOST_NAMED:
            return str(
                ngettext("%(num)s setting changed.", "%(num)s settings changed.", len(changes))
            )
        lines = []
        for each in changes:
            shown = self.fields[each.name]
            before, after = (
                words(each.name, shown.inherited if value is None else value)
                for value in (each.before, each.after)
            )
            if shown.field.secret:
                before = after = gettext("changed")
            lines.append(
                f"{shown.title}: {after}"
                if before == after
                else f"{shown.title}: {before} → {after}"
            )
        return "; ".join(lines)

    def _warnings(self) -> list[str]:
        """What is set and does nothing yet."""
        rule = _desk().rules().resolved.of(self.scope).country
        touched = self._wanted.keys() & {"country.mode", "country.list"}
        if not touched or rule.mode != "allow" or rule.list:
            return []
        return [gettext("No country is listed: until one is, nobody is refused for theirs.")]


def _desk() -> Any:
    return parts().desk(visitor().who)


def _plain(name: str) -> str:
    """A country's name for sorting: Österreich beside Oman."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if c.isalpha()).casefold()


def names_of(*groups: str) -> list[str]:
    """The settings of some groups that forms can hold; lists of exemptions have their own pages."""
    return [
        known.name
        for known in fields.FIELDS.values()
        if known.group in groups and known.name != "country.passes" and known.group != "exempt"
    ]
