"""The licence: what it is, what it switches on and off and why, and its key."""

from __future__ import annotations

from typing import Any, Final

from flask import request
from flask_babel import gettext, lazy_gettext
from msgspec import Struct
from werkzeug.wrappers import Response

from core.errors import LicenceError
from core.licence.feature import OFFERS
from core.licence.gate import Answer
from core.licence.key_text import LONGEST
from core.licence.licence import KEY_FILE, Licence
from core.licence.standing import State
from core.licence.tier import panel_title
from core.web.access import ADMIN, allow
from core.web.complaints import said
from core.web.notices import back_to, tell
from core.web.pages.system_tabs import tab_page
from core.web.parts import parts
from core.web.visitor import visitor
from core.web.wording import sentences

STATES: Final = {
    State.NONE: ("plain", lazy_gettext("no licence key")),
    State.TRIAL: ("good", lazy_gettext("trial")),
    State.VALID: ("good", lazy_gettext("valid")),
    State.GRACE: ("warn", lazy_gettext("ended; everything stays on for a while")),
    State.LAPSED: ("bad", lazy_gettext("ended")),
    State.WRONG_SERVER: ("bad", lazy_gettext("for another server")),
    State.WRONG_PANEL: ("bad", lazy_gettext("for another panel")),
    State.NOT_YET_VALID: ("warn", lazy_gettext("does not count yet")),
    State.DAMAGED: ("bad", lazy_gettext("cannot be read")),
    State.FORGED: ("bad", lazy_gettext("not genuine")),
}
"""Tone of a badge and word, by what is true of the licence."""


class FeatureLine(Struct, frozen=True):
    """One feature.

    Attributes:
        title: its name.
        tier: the least tier that has it.
        is_on: whether it is on.
        reason: why it is off; while it is on, what threatens it.
        why: why it stands in that tier.
    """

    title: str
    tier: str
    is_on: bool
    reason: str
    why: str


@allow(ADMIN)
def show() -> str:
    """The page."""
    return _page()


@allow(ADMIN)
def set_key() -> Response | tuple[str, int]:
    """Enter a key; one that does not count is refused, and the one before stays."""
    here, text = parts(), request.form.get("key", "")
    if not text.strip():
        return _page(text, gettext("Paste the key, as it was sent to you.")), 422
    if len(text) > LONGEST:
        return _page(text, gettext("No key is that long.")), 422
    try:
        standing = _licence().set(text, here.clock())
    except LicenceError as error:
        return _page(text, said(error)), 422
    except OSError as error:
        return _page(text, _not_written(error.strerror or str(error), "set -")), 503
    tell(f"{standing.tier.value}: {sentences(standing.sentences)}")
    return _changed()


@allow(ADMIN)
def remove() -> Response | tuple[str, int]:
    """Take the key away; a trial that is over does not begin again."""
    try:
        there_was_one = _licence().remove()
    except OSError as error:
        return _page("", _not_written(error.strerror or str(error), "remove")), 503
    tell(gettext("The licence key is removed.") if there_was_one else gettext("There was no key."))
    return _changed()


def _licence() -> Licence:
    return Licence(parts().config.state, parts().panel.name)


def _changed() -> Response:
    """Everybody who asks for features asks anew."""
    parts().forget_situation()
    for line in parts().desk(visitor().who).reload().lines:
        tell(gettext(line), "warn")
    return back_to("system.licence")


def _not_written(why: str, verb: str) -> str:
    return str(
        gettext(
            "%(file)s cannot be written (%(why)s). As root, type: %(command)s",
            file=parts().config.state / KEY_FILE,
            why=why,
            command=f"mailward licence {verb}",
        )
    )


def _page(typed: str = "", fault: str = "") -> str:
    here = parts().situation()
    standing = here.standing
    tone, state = STATES[standing.state]
    return tab_page(
        "system_licence.html",
        "system.licence",
        standing=standing,
        tone=tone,
        state=state,
        key=_key(standing.key) if standing.key is not None else {},
        has_key=(parts().config.state / KEY_FILE).exists(),
        features=[_feature(answer) for answer in here.gate.answers()],
        panel=here.panel,
        panel_title=panel_title(here.panel.name),
        server=_licence().server,
        problems=here.problems,
        typed=typed,
        fault=fault,
        longest=LONGEST,
    )


def _key(key: Any) -> dict[str, Any]:
    """What a key says, for people."""
    return {
        "number": key.number,
        "tier": key.tier.value,
        "panel": panel_title(key.panel) if key.panel else gettext("every panel"),
        "server": key.server.partition(":")[2] if key.server else gettext("any server"),
        "customer": key.customer,
        "issued": float(key.issued),
        "expires": float(key.expires),
        "grace": key.grace_days,
    }


def _feature(answer: Answer) -> FeatureLine:
    offer = OFFERS[answer.feature]
    title = str(gettext(offer.title))
    return FeatureLine(
        title, offer.tier.value, answer.on, sentences(answer.sentences), str(gettext(offer.why))
    )
