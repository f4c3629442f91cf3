"""Which edits of main.cf and master.cf make a Postfix ask the daemon, and which notes go with them.

Everything that could stop mail if a panel rewrote one of the files alone is a `$mailward_` name in
the other: a name that main.cf does not define expands to nothing (facts/mta_hooks.md 2.1).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from core.errors import PlanError
from core.mta import main_cf
from core.mta.main_cf import ListEntry
from core.mta.master_cf import Service, ServiceOption
from core.mta.postfix_config import PostfixConfig
from core.mta.postfix_connect import (
    SENDER,
    Guard,
    LeftAloneError,
    candidates,
    guard,
    is_smtpd,
    takes_logins,
)
from core.system.blocks import MarkedBlock
from core.system.edits import Edit
from core.words import Stage

MESSAGE = "smtpd_end_of_data_restrictions"
CLASSES = "smtpd_restriction_classes"
CONNECT_QUESTION = "$mailward_connect"

FAILURE = "timeout=2s, try_limit=1, request_limit=1, max_idle=1s, max_ttl=1s, default_action=DUNNO"
"""How a question behaves when the daemon does not: facts/mta_hooks.md 2.0, and max_ttl.

A fresh connection for each question (request_limit), so that a restart is never noticed. One try,
so that a daemon that is down costs nothing. Unanswered means no opinion. After a timeout Postfix
keeps the dead connection until one of its timers has run out *and* the session has ended: max_idle
starts anew with every question, so that a busy smtpd would never ask again; max_ttl does not, and
is shorter than the timeout, so the next session always asks. The session that met the timeout is
not asked that question again, at no further cost; only try_limit=2 could change that, for one
second's wait per question whenever the daemon is down. All of it is in tests/lab, per version.
"""

_HEADER = """\
# Mailward is asked by these. Without an answer mail flows as if they were not here."""


@dataclass
class PostfixEdits:
    """The edits of both files.

    Attributes:
        main, master: edits by file.
        guarded: the services that ask before the login.
        notes: warnings for people.
    """

    main: list[Edit] = field(default_factory=list)
    master: list[Edit] = field(default_factory=list)
    guarded: list[Service] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def build(
    config: PostfixConfig,
    endpoint: str,
    stages: Collection[Stage],
    services: Collection[str] | None,
) -> PostfixEdits:
    """The edits for some stages.

    Args:
        config: the instance without anything of ours.
        endpoint: the daemon's policy wire: `unix:PATH` or `tcp:HOST:PORT`.
        services: names in master.cf of the services to guard before the login; None: those that
            look like submission.

    Raises:
        PlanError: the services cannot reach the endpoint, or one that was named is not there.
    """
    edits = PostfixEdits(notes=list(config.notes))
    macros = _questions(socket_name(config, endpoint), stages)
    if Stage.CONNECT in stages:
        _guard_services(edits, macros, config, services)
    body = "\n".join([_HEADER, *(f"{name} = {value}" for name, value in macros.items())])
    edits.main.append(MarkedBlock("postfix", body))
    classes = [name for name in ("mailward_auth", "mailward_send") if name in macros]
    if classes:
        _list_entry(edits, config, CLASSES, *classes)
    if Stage.AUTH in stages:
        _list_entry(edits, config, SENDER, "$mailward_sender")
    if Stage.SEND in stages:
        _list_entry(edits, config, MESSAGE, "$mailward_message")
    return edits


def socket_name(config: PostfixConfig, endpoint: str) -> str:
    """The endpoint as smtpd finds it: below the queue directory by a relative name, which works
    with chroot and without (facts/mta_hooks.md 2.4).

    Raises:
        PlanError: a service in a chroot could not reach it.
    """
    kind, _, place = endpoint.partition(":")
    if kind == "tcp":
        return f"inet:{place}"
    queue = config.value("queue_directory").rstrip("/") + "/"
    if place.startswith(queue):
        return f"unix:{place.removeprefix(queue)}"
    jailed = [each.name for each in config.services if is_smtpd(each) and config.chrooted(each)]
    if jailed:
        raise PlanError(
            f"the service {jailed[0]} runs in a chroot and cannot reach {place}: let the daemon "
            f"listen below {queue}, e.g. on unix:{queue}mailward/policy.sock"
        )
    return f"unix:{place}"


def _questions(socket: str, stages: Collection[Stage]) -> dict[str, str]:
    """The parameters of our own. mailward_auth and mailward_send are restriction classes, so that
    only sessions that have logged in ask (`check_sasl_access`, Postfix 2.11)."""
    macros = {}
    for stage in (Stage.CONNECT, Stage.AUTH, Stage.SEND):
        if stage in stages:
            macros[f"mailward_{stage}"] = (
                f"check_policy_service {{ {socket}, {FAILURE}, policy_context={stage} }}"
            )
    if Stage.AUTH in stages:
        macros["mailward_sender"] = "check_sasl_access static:mailward_auth"
    if Stage.SEND in stages:
        macros["mailward_message"] = "check_sasl_access static:mailward_send"
    return macros


def _list_entry(edits: PostfixEdits, config: PostfixConfig, name: str, *entries: str) -> None:
    """Put words of ours first in a list of main.cf, and in every service that shadows it."""
    missing = main_cf.value(config.main, name) is None
    rest = config.value(name) if missing else ""
    edits.main.append(ListEntry(name, entries, created=missing, rest=rest))
    for service in config.services:
        if not takes_logins(config, service):
            continue
        pending, own = _pending_option(edits, service, name), service.options.get(name)
        if pending is not None:
            edits.master.remove(pending)
            value = ",".join((*entries, pending.value))
            edits.master.append(ServiceOption(service.key, name, value, pending.before))
        elif own is not None:
            value = ",".join((*entries, own.value) if own.value.strip() else entries)
            edits.master.append(ServiceOption(service.key, name, value, own.value))


def _pending_option(edits: PostfixEdits, service: Service, name: str) -> ServiceOption | None:
    for edit in edits.master:
        if isinstance(edit, ServiceOption) and (edit.service, edit.name) == (service.key, name):
            return edit
    return None


def _guard_services(
    edits: PostfixEdits,
    macros: dict[str, str],
    config: PostfixConfig,
    names: Collection[str] | None,
) -> None:
    chosen = candidates(config) if names is None else list(_named(config, names))
    for service in chosen:
        try:
            found = guard(config, service, CONNECT_QUESTION)
        except LeftAloneError as error:
            edits.notes.append(f"{service.name} is not asked about before the login: {error}")
            continue
        edits.guarded.append(service)
        edits.notes.extend(f"{service.name}: {note}" for note in found.notes)
        edits.master.extend(_options(service, found, macros))
    if not edits.guarded:
        # A parameter that nothing uses makes every postconf call warn.
        del macros["mailward_connect"]
        edits.notes.append(
            "no service is asked about before the login; logins and mails are asked about anyway"
        )


def _named(config: PostfixConfig, names: Collection[str]) -> Iterable[Service]:
    for name in names:
        found = [each for each in config.services if each.name == name and each.type == "inet"]
        if not found:
            raise PlanError(f"master.cf has no service {name}")
        if not takes_logins(config, found[0]):
            raise PlanError(f"the service {name} takes no logins: smtpd_sasl_auth_enable is off")
        yield found[0]


def _options(service: Service, found: Guard, macros: dict[str, str]) -> Iterable[ServiceOption]:
    """The options, with a name in main.cf for each value that master.cf cannot hold.

    A copy of a list that main.cf has goes stale when somebody edits the list: `verify` tells.
    """
    for name, wanted in found.options.items():
        value = wanted
        if re.search(r"\s", value):
            moment = name.removeprefix("smtpd_").removesuffix("_restrictions")
            macro = f"mailward_{re.sub(r'[^A-Za-z0-9]+', '_', service.name).strip('_')}_{moment}"
            macros[macro] = " ".join(value.split())
            value = f"${macro}"
        own = service.options.get(name)
        if own is None or own.value != value:
            yield ServiceOption(service.key, name, value, own.value if own else None)
