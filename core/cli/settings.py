"""``get``, ``set``, ``unset`` and ``settings``: one setting, or all of them, in one scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from core.cli import reference
from core.cli.parameters import as_json, not_empty, why
from core.cli.session import Session, pass_session, tell
from core.cli.shadow import tell_of_shadow
from core.cli.terminal import emit, say, table
from core.desk.change import commit, in_words, preview
from core.desk.setting import SeenSetting, all_seen, seen
from core.desk.values import document, shown
from core.settings import fields
from core.settings.scope import Scope, scope_of

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
    rules = session.resolved()
    found = [seen(rules, scope, name)] if name is not None else all_seen(rules, scope)
    if as_json:
        emit(
            {"scope": str(scope), "settings": {each.field.name: _document(each) for each in found}}
        )
    elif name is not None:
        _show_one(found[0])
    else:
        table(
            ("setting", "value", "set for"),
            [(each.field.name, each.shown, each.origin_in_words) for each in found],
            fold=("value", "set for"),
        )


def _document(each: SeenSetting) -> dict[str, Any]:
    known = each.field
    return {
        "value": each.document,
        "origin": each.origin_in_words,
        "default": document(known.name, known.default),
        "levels": list(known.levels),
        "secret": known.secret,
        "what": known.what,
        "why": known.why,
        "risk": known.risk,
    }


def _show_one(each: SeenSetting) -> None:
    known = each.field
    say(f"{known.name} = {each.shown}")
    say()
    say(f"  set for     {each.origin_in_words}; this is what counts for {in_words(each.scope)}")
    say(f"  default     {shown(known.name, known.default)}")
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
    with session.desk() as desk:
        changes = preview(desk, {scope: {name: after}})
        if not changes:
            say(f"{name}: nothing to do, it already is so for {in_words(scope)}.")
            return
        told = commit(desk, changes, why)
        say(changes[0].line)
        tell(told)
        if after is not None:
            tell_of_shadow(desk, scope, name)


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
