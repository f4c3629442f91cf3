"""The settings by their public names, and what makes a value acceptable.

Everything a form, a command or an import gives goes through `check` or `read` before it is stored.
Does not know where values are kept.
"""

from __future__ import annotations

import ipaddress
import math
import re
import string
from datetime import UTC, datetime, timedelta
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from core.errors import SettingError
from core.net.countries import CODES
from core.settings.about import Level, Unit
from core.settings.account import is_account_or_domain
from core.settings.complaint import complaint
from core.settings.entry import CountryPass, ExemptAccount, ExemptAddress
from core.settings.model import Settings

PLACEHOLDERS = frozenset({"country", "address", "account", "until", "contact"})
ASN = re.compile(r"^AS[1-9][0-9]{0,9}$", re.IGNORECASE)
YES = frozenset({"yes", "on", "true", "1"})
NO = frozenset({"no", "off", "false", "0"})


class Field(Struct, frozen=True):
    """One setting as forms, the command line and the reference need it.

    Attributes:
        name: public name, ``group.field``.
        type: the annotated type, for `msgspec.convert`.
        default: value when no scope sets it.
        title: what a form calls it.
        what, why, risk: help for people, one sentence each.
        levels: where it may be set.
        customer: a customer or reseller may set it for own domains and mailboxes; otherwise only
            the administrator may, wherever it is legal.
        secret: never shown in full.
        choices: value -> what people call it, in the order of forms; empty when values are free.
        unit: what a number counts: "seconds", "hour" (of the day) and so on, or "".

    Title, help and labels are English, marked for translation.
    """

    name: str
    type: Any
    default: Any
    title: str
    what: str
    why: str
    risk: str
    levels: tuple[Level, ...]
    customer: bool
    secret: bool
    choices: dict[str, str]
    unit: Unit

    @property
    def group(self) -> str:
        """The name's first part, a key of `GROUPS`."""
        return self.name.partition(".")[0]


class Group(Struct, frozen=True):
    """A group of settings: what a page or a chapter is made of.

    Attributes:
        name: first part of its settings' names.
        title, what: its heading, and one sentence about it; English, marked for translation.
    """

    name: str
    title: str
    what: str


def _groups() -> dict[str, Group]:
    found = {}
    for name, annotated in get_type_hints(Settings, include_extras=True).items():
        said = next(m for m in annotated.__metadata__ if isinstance(m, Meta))
        found[name] = Group(name, said.title or "", said.description or "")
    return found


GROUPS = _groups()
"""Every group by its name, in the order of the model."""


def _fields() -> dict[str, Field]:
    found = {}
    for group, kind in get_type_hints(Settings).items():
        defaults = kind()
        for name, annotated in get_type_hints(kind, include_extras=True).items():
            help_ = next(m for m in annotated.__metadata__ if isinstance(m, Meta) and m.extra)
            extra: dict[str, Any] = help_.extra or {}
            found[f"{group}.{name}"] = Field(
                name=f"{group}.{name}",
                type=annotated,
                default=getattr(defaults, name),
                title=help_.title or "",
                what=help_.description or "",
                **extra,
            )
    return found


FIELDS = _fields()
"""Every setting by its public name, in the order of the model."""


def field(name: str) -> Field:
    """The setting of that name.

    Raises:
        SettingError: there is none; the text suggests the nearest name.
    """
    found = FIELDS.get(name)
    if found is None:
        group = name.partition(".")[0]
        near = [known for known in FIELDS if known.startswith(group + ".")]
        hint = f"; in this group: {', '.join(near)}" if near else ""
        raise SettingError(f"{name}: there is no such setting{hint}")
    return found


def check(name: str, value: object, level: Level = "server") -> Any:
    """Turn a JSON value into the setting's own type.

    Args:
        name: public name.
        value: what JSON gave.
        level: the scope's level.

    Raises:
        SettingError: unknown name, bad value, or not legal on that level. Begins with the name.
    """
    known = field(name)
    if level not in known.levels:
        places = " and ".join(known.levels)
        raise SettingError(f"{name}: can be set for the {places} only, not for a {level}")
    try:
        typed = msgspec.convert(value, type=known.type)
    except msgspec.ValidationError as error:
        raise SettingError(f"{name}: {_plain(known, error)}") from error
    _check_meaning(name, typed)
    return typed


def read(name: str, text: str, level: Level = "server") -> Any:
    """The same for what a person typed: numbers, yes/no, lists with commas or blanks.

    Raises:
        SettingError: as `check`.
    """
    known = field(name)
    value: object = text.strip()
    if isinstance(known.default, bool):
        lowered = text.strip().lower()
        if lowered not in YES | NO:
            raise SettingError(f"{name}: say yes or no, not {text!r}")
        value = lowered in YES
    elif isinstance(known.default, int):
        if not re.fullmatch(r"-?[0-9]+", text.strip()):
            raise SettingError(f"{name}: must be a whole number, not {text!r}")
        value = int(text)
    elif isinstance(known.default, tuple):
        words = [word for word in re.split(r"[,\s]+", text.strip()) if word]
        value = [{"entry": word} for word in words] if name.startswith("exempt.") else words
        if name == "country.list":
            value = [word.upper() for word in words]
        if name == "country.passes":
            value = [_read_pass(word) for word in words]
    return check(name, value, level)


def _read_pass(word: str) -> dict[str, Any]:
    """``TH:2026-12-31``: until the end of that day, or to a moment; in UTC unless it says."""
    code, _, end = word.partition(":")
    try:
        until = datetime.fromisoformat(end)
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        if "T" not in end.upper():
            until += timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise SettingError(
            f"country.passes: {word!r} is no pass; write a country and its last day, as in "
            "TH:2026-12-31"
        ) from error
    return {"country": code.upper(), "expires": until.timestamp()}


def plain(value: object) -> Any:
    """A setting's value as plain JSON types, for storing and printing."""
    return msgspec.to_builtins(value)


def _plain(known: Field, error: msgspec.ValidationError) -> str:
    kind = get_args(known.type)[0]
    choices = get_args(get_args(kind)[0] if get_origin(kind) is tuple else kind)
    if "enum value" in str(error) and choices:
        return "must be one of " + ", ".join(str(choice) for choice in choices)
    return str(complaint(error))


def _check_meaning(name: str, value: object) -> None:
    """What the type alone cannot say."""
    if name == "country.list" and isinstance(value, tuple):
        unknown = [code for code in value if code not in CODES]
        if unknown:
            raise SettingError(f"{name}: {unknown[0]} is no country code (ISO 3166)")
    if name == "country.server" and value != "auto" and value not in CODES:
        raise SettingError(f"{name}: {value} is no country code (ISO 3166)")
    if name == "country.passes" and isinstance(value, tuple):
        _check_passes(name, value)
    if name.startswith("text.") and isinstance(value, str):
        _check_text(name, value)
    if name.startswith("exempt.") and isinstance(value, tuple):
        for entry in value:
            _check_exempt(name, entry)
    if name == "login.default_domain" and value and not is_account_or_domain(str(value)):
        raise SettingError(f"{name}: {value!r} is no domain")


def _check_passes(name: str, passes: tuple[CountryPass, ...]) -> None:
    unknown = [each.country for each in passes if each.country not in CODES]
    if unknown:
        raise SettingError(f"{name}: {unknown[0]} is no country code (ISO 3166)")
    if not all(math.isfinite(each.expires) for each in passes):
        raise SettingError(f"{name}: a pass must end at some time")


def _check_text(name: str, text: str) -> None:
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        raise SettingError(f"{name}: must be one line without control characters")
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise SettingError(f"{name}: {error}") from error
    for _, placeholder, specification, conversion in parts:
        if placeholder is None:
            continue
        if placeholder not in PLACEHOLDERS or specification or conversion:
            known = ", ".join("{" + word + "}" for word in sorted(PLACEHOLDERS))
            raise SettingError(f"{name}: {{{placeholder}}} is unknown; there are {known}")


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _check_exempt(name: str, entry: ExemptAddress | ExemptAccount) -> None:
    if isinstance(entry, ExemptAccount):
        if _is_network(entry.entry) or not is_account_or_domain(entry.entry):
            raise SettingError(f"{name}: {entry.entry!r} is neither an account nor a domain")
        return
    if ASN.match(entry.entry):
        return
    try:
        network = ipaddress.ip_network(entry.entry, strict=False)
    except ValueError as error:
        raise SettingError(
            f"{name}: {entry.entry!r} is no address, no network (CIDR) and no AS number"
        ) from error
    if network.prefixlen == 0:
        raise SettingError(f"{name}: {entry.entry} would exempt everybody")
