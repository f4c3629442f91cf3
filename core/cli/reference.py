"""The reference of all settings, made from their declarations so that it cannot drift."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Literal, get_args, get_origin

from msgspec import Meta

from core.desk.values import shown
from core.settings.fields import FIELDS, GROUPS, Field, plain
from core.settings.model import CountryPass, ExemptAccount, ExemptAddress
from core.sources.feeds.registry import RECOMMENDED

HEADING = """\
# Settings

Every setting, as `core/settings/` declares it. This page is made from there by
`./dev run mailward settings --markdown >docs/settings.md`.

A setting is read with `mailward get NAME`, set with `mailward set NAME VALUE` and taken back with
`mailward unset NAME`; `--domain` and `--mailbox` do so for one domain or mailbox. The mailbox's
value counts before the domain's, and the domain's before the server's. The lists of exempt
addresses and of traveller passes add up: an address that the server exempts is exempt for
everybody. While a domain is switched off (`domain.enabled`), the server's rules count in it.

"Who" is who may set a setting on the pages: a customer or reseller for own domains and mailboxes,
or only the administrator, for whichever scope.
"""


def limits(field: Field) -> str:
    """What a value may be, in words."""
    return _IN_WORDS.get(field.name) or _limits(field.type)


_IN_WORDS = {
    "country.list": "a list of two-letter country codes",
    "country.server": "auto, or a two-letter country code",
    "login.default_domain": "a domain, or empty",
    "notify.address": "a mail address, or empty",
    "data.maxmind_account": "digits, or empty",
    "data.feeds": f"a list of default, {', '.join(RECOMMENDED)}",
}
"""Where a pattern says it, or a check beyond the type."""


def _limits(annotated: Any) -> str:
    base, metas = annotated, []
    while hasattr(base, "__metadata__"):
        metas += [meta for meta in base.__metadata__ if isinstance(meta, Meta)]
        base = base.__origin__
    if get_origin(base) is Literal:
        return ", ".join(str(choice) for choice in get_args(base))
    if base is bool:
        return "yes, no"
    if get_origin(base) is tuple:
        return f"a list of {_ITEMS.get(get_args(base)[0], 'words')}"
    return _bounds(base, metas)


_ITEMS: dict[Any, str] = {
    ExemptAddress: "addresses, networks (CIDR) and AS numbers, with comment and expiry",
    ExemptAccount: "accounts and domains, with comment and expiry",
    CountryPass: "countries with their last day, as in TH:2026-12-31, with comment",
}


def _bounds(base: Any, metas: list[Meta]) -> str:
    least = next((meta.ge for meta in metas if meta.ge is not None), None)
    most = next((meta.le for meta in metas if meta.le is not None), None)
    if base is int:
        unit = next((meta.extra["unit"] for meta in metas if meta.extra), "")
        return f"a whole number {f'of {unit} ' if unit else ''}from {least} to {most}"
    shortest = next((meta.min_length for meta in metas if meta.min_length is not None), 0)
    longest = next((meta.max_length for meta in metas if meta.max_length is not None), None)
    letters = f"{'' if shortest else 'up to '}{f'{shortest} to ' if shortest else ''}{longest}"
    return f"text of {letters} letters" if longest is not None else "text"


def document(field: Field) -> dict[str, Any]:
    """One setting for programs."""
    return {
        "default": plain(field.default),
        "limits": limits(field),
        "levels": list(field.levels),
        "customer": field.customer,
        "secret": field.secret,
        "title": field.title,
        "choices": field.choices,
        "unit": field.unit,
        "what": field.what,
        "why": field.why,
        "risk": field.risk,
    }


def markdown() -> str:
    """The page docs/settings.md."""
    return "\n".join([HEADING, *_groups()])


def _groups() -> Iterator[str]:
    for group, fields in groupby(FIELDS.values(), key=lambda field: field.group):
        yield f"## {group}"
        yield ""
        yield GROUPS[group].what
        yield ""
        yield "| setting | default | possible values | for | who | what, why, risk |"
        yield "|---|---|---|---|---|---|"
        for field in fields:
            yield _row(field)
        yield ""


def _row(field: Field) -> str:
    help_ = f"**{field.title}.** {field.what}<br>*Why:* {field.why}<br>*Risk:* {field.risk}"
    cells = (
        f"`{field.name}`",
        shown(field.name, field.default),
        limits(field) + (" (secret)" if field.secret else ""),
        ", ".join(field.levels),
        "customer" if field.customer else "administrator",
        help_,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
