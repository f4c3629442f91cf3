"""``get``, ``set``, ``unset`` and ``settings``: one setting, or all of them, in one scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from core.cli import reference
from core.cli.change import differences, in_words, make
from core.cli.parameters import as_json, not_empty, why
from core.cli.session import Session, pass_session
from core.cli.shadow import tell_of_shadow
from core.cli.stores import opened, resolved
from core.cli.terminal import emit, say, table
from core.cli.values import document, shown
from core.settings import fields
from core.settings.model import Settings
from core.settings.scope import Resolved, Scope, scope_of

BEFORE_TOO = ("country.", "network.")
"""Groups whose server settings are asked before the password too."""

Verb = TypeVar("Verb", bound=Callable[..., Any])


def scoped(verb: Verb) -> Verb:
    """Give a verb the options that name a scope; without them it is the whole server."""
    for option, shape, text in (
        ("--mailbox", "USER@DOMAIN", "For one mailbox."),
        ("--domain", "DOMAIN", "For one mail domain."),
    ):
        verb = click.option(option, default="", metavar=shape, callback=not_empty, help=text)(verb)
    return verb


@click.command()
@click.argument("name", required=False)
@scoped
@as_json
@pass_session
def get(session: Session, name: str | None, domain: str, mailbox: str, as_json: bool) -> None:
    """Show what a setting is, where its value comes from, and what it does.

    Without NAME, all settings. Secrets are masked.
    """
    scope = scope_of(domain, mailbox)
    if name is not None:
        fields.field(name)
    rules = resolved(session.config)
    own = rules_of(rules, scope)
    names = [name] if name is not None else list(fields.FIELDS)
    if as_json:
        found = {each: _document(rules, scope, each, value_of(own, each)) for each in names}
        emit({"scope": str(scope), "settings": found})
    elif name is not None:
        _show_one(rules, scope, name, value_of(own, name))
    else:
        table(
            ("setting", "value", "set for"),
            [
                (each, shown(each, value_of(own, each)), origin(rules, each, scope))
                for each in names
            ],
            fold=("value", "set for"),
        )


def rules_of(rules: Resolved, scope: Scope) -> Settings:
    """What counts in a scope."""
    if scope.level == "mailbox":
        return rules.of_account(scope.name)
    return rules.of_domain(scope.name) if scope.level == "domain" else rules.server


def value_of(settings: Settings, name: str) -> Any:
    """One setting's value, by its public name."""
    group, _, field = name.partition(".")
    return getattr(getattr(settings, group), field)


def origin(rules: Resolved, name: str, scope: Scope) -> str:
    """The scope that a value comes from, in words."""
    found = rules.origin(name, scope)
    return "default" if found is None else str(found)


def _document(rules: Resolved, scope: Scope, name: str, value: object) -> dict[str, Any]:
    known = fields.FIELDS[name]
    return {
        "value": document(name, value),
        "origin": origin(rules, name, scope),
        "default": document(name, known.default),
        "levels": list(known.levels),
        "secret": known.secret,
        "what": known.what,
        "why": known.why,
        "risk": known.risk,
    }


def _show_one(rules: Resolved, scope: Scope, name: str, value: object) -> None:
    known = fields.FIELDS[name]
    say(f"{name} = {shown(name, value)}")
    say()
    say(f"  set for     {origin(rules, name, scope)}; this is what counts for {in_words(scope)}")
    say(f"  default     {shown(name, known.default)}")
    say(f"  possible    {reference.limits(known)}")
    say(f"  settable    for {', '.join(known.levels)}")
    say()
    say(f"  {known.what}")
    say(f"  Why: {known.why}")
    say(f"  Risk: {known.risk}")


@click.command("set")
@click.argument("name")
@click.argument("value", nargs=-1, required=True)
@scoped
@why
@pass_session
def set_value(
    session: Session, name: str, value: tuple[str, ...], domain: str, mailbox: str, why: str
) -> None:
    """Set a setting for the server, a domain or a mailbox.

    Several words are one value: `mailward set country.list AT DE CH`. A value that begins with a
    dash stands behind `--`. The daemon takes the change at once.
    """
    scope = scope_of(domain, mailbox)
    typed = fields.read(name, " ".join(value), scope.level)
    _change(session, scope, name, fields.plain(typed), why)


@click.command()
@click.argument("name")
@scoped
@why
@pass_session
def unset(session: Session, name: str, domain: str, mailbox: str, why: str) -> None:
    """Take a setting back, so that the wider scope or the default counts."""
    fields.field(name)
    _change(session, scope_of(domain, mailbox), name, None, why)


def _change(session: Session, scope: Scope, name: str, after: Any, why: str) -> None:
    with opened(session.config) as store:
        changes = differences(store, {scope: {name: after}})
        if changes:
            make(store, changes, session.who, why)
    if not changes:
        say(f"{name}: nothing to do, it already is so for {in_words(scope)}.")
        return
    say(changes[0].line)
    session.reload()
    if after is not None and scope.level != "server" and name.startswith(BEFORE_TOO):
        tell_of_shadow(session)


@click.command()
@as_json
@click.option("--markdown", is_flag=True, help="The page docs/settings.md.")
def settings(as_json: bool, markdown: bool) -> None:
    """List every setting with its default, its limits and what it is good for."""
    if as_json:
        emit({name: reference.document(known) for name, known in fields.FIELDS.items()})
    elif markdown:
        say(reference.markdown().removesuffix("\n"))
    else:
        table(
            ("setting", "default", "what it does"),
            [
                (name, shown(name, known.default), known.what)
                for name, known in fields.FIELDS.items()
            ],
            fold=("default", "what it does"),
        )
