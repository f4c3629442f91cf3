"""Where a server stands: which tier counts here and now, until when, and why, in sentences.

Pure: key, memory, server and clock come in. What is kept on disk is `core.licence.licence`'s
business, which feature that switches on is `core.licence.gate`'s.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from core.errors import LicenceError, LicenceForged
from core.licence.key import DAY, LicenceKey
from core.licence.memory import Memory, time_of
from core.licence.sentence import Sentence, english, sentence
from core.licence.server import Server
from core.licence.tier import Tier, full_tier, panel_title
from core.words import N_, Word

TRIAL_DAYS: Final = 30
"""How long everything is on without a key, from the first start."""

RENAMED_DAYS: Final = 7
"""How long a key that was for this server still counts after the server is no longer the one it
names: a host is renamed, or a name server is away, on a day when nobody thinks of licences."""


class State(Word):
    """What is true of the licence. The values are part of the JSON interface."""

    NONE = "none"
    TRIAL = "trial"
    VALID = "valid"
    GRACE = "grace"
    LAPSED = "lapsed"
    WRONG_SERVER = "wrong_server"
    WRONG_PANEL = "wrong_panel"
    NOT_YET_VALID = "not_yet_valid"
    DAMAGED = "damaged"
    FORGED = "forged"


IN_ORDER: Final = frozenset({State.NONE, State.TRIAL, State.VALID})
"""States in which nobody has to do anything."""

COUNTS: Final = frozenset({State.VALID, State.GRACE})
"""States in which the key gives its tier."""


class Standing(Struct, frozen=True, kw_only=True):
    """Where a server stands.

    Attributes:
        state: what is true of the key; without one, of the trial.
        tier: the tier that counts now: the key's, the trial's, or Basic.
        until: when that tier ends, seconds since 1970; 0 for never.
        sentences: all that is to be said, for people.
        key: the key, as far as it could be read and is genuine.
        trial_until: when the trial ends or ended; 0 before the first start.
    """

    state: State
    tier: Tier
    until: float = 0
    sentences: tuple[Sentence, ...] = ()
    key: LicenceKey | None = None
    trial_until: float = 0

    @property
    def in_order(self) -> bool:
        """Whether nobody has to do anything."""
        return self.state in IN_ORDER

    @property
    def text(self) -> str:
        """All that is to be said, in English."""
        return english(self.sentences)


def judge(
    key: LicenceKey | LicenceError | None,
    memory: Memory,
    server: Server,
    panel: str,
    clock: float,
) -> Standing:
    """Where this server stands.

    Args:
        key: the key that is set, why it cannot be used, or None for no key.
        memory: what is remembered.
        server: what this server can be recognised by.
        panel: the panel's name.
        clock: the time, seconds since 1970.
    """
    now = time_of(memory, clock)
    trial_until = (memory.trial_began or now) + TRIAL_DAYS * DAY
    on_trial = now < trial_until
    if isinstance(key, LicenceKey):
        state, until, said = _of_key(key, memory, server, panel, clock)
        if state in COUNTS:
            return Standing(
                state=state,
                tier=key.tier,
                until=until,
                sentences=said,
                key=key,
                trial_until=_began(memory, trial_until),
            )
    elif key is not None:
        state = State.FORGED if isinstance(key, LicenceForged) else State.DAMAGED
        said = (sentence(N_("The licence key cannot be used: {why}."), why=str(key)),)
    else:
        state, said = State.TRIAL if on_trial else State.NONE, ()
    return Standing(
        state=state,
        tier=full_tier(panel) if on_trial else Tier.BASIC,
        until=trial_until if on_trial else 0,
        sentences=(*said, *_of_trial(memory, trial_until, on_trial, bool(said))),
        key=key if isinstance(key, LicenceKey) else None,
        trial_until=_began(memory, trial_until),
    )


def _began(memory: Memory, trial_until: float) -> float:
    return trial_until if memory.trial_began else 0


def _of_trial(
    memory: Memory, until: float, on_trial: bool, beside_a_key: bool
) -> tuple[Sentence, ...]:
    if not memory.trial_began:
        return (
            sentence(
                N_("The trial of {days} days begins when Mailward first starts."), days=TRIAL_DAYS
            ),
        )
    if on_trial:
        return (sentence(N_("The trial has everything on until {date}."), date=until),)
    if beside_a_key:
        return ()
    return (sentence(N_("There is no licence key, and the trial ended on {date}."), date=until),)


Judged = tuple[State, float, tuple[Sentence, ...]]


def _of_key(key: LicenceKey, memory: Memory, server: Server, panel: str, clock: float) -> Judged:
    """What is true of a genuine key, until when it counts, and what is to be said."""
    now = time_of(memory, clock)
    if key.panel not in ("", panel):
        said = N_("The licence key is for {key}, and this is {here}.")
        here, there = panel_title(panel), panel_title(key.panel)
        return State.WRONG_PANEL, 0, (sentence(said, key=there, here=here),)
    if now + DAY < key.issued:
        said = N_("The licence key counts from {date} on; this server's clock says {clock}.")
        fields = sentence(said, date=float(key.issued), clock=float(clock))
        return State.NOT_YET_VALID, 0, (fields,)
    state, until, sentences = _by_date(key, now)
    if server.is_meant_by(key.server) or state is State.LAPSED:
        return state, until, sentences
    return _elsewhere(key, memory, server, now, until)


def _by_date(key: LicenceKey, now: float) -> Judged:
    if not key.expires:
        return State.VALID, 0, (sentence(N_("The licence has no end.")),)
    expires = float(key.expires)
    last = expires + key.grace_days * DAY
    if now < expires:
        return State.VALID, last, (sentence(N_("The licence runs until {date}."), date=expires),)
    if now < last:
        said = N_("The licence ended on {date}. Everything stays on until {last}: renew it.")
        return State.GRACE, last, (sentence(said, date=expires, last=last),)
    return State.LAPSED, 0, (sentence(N_("The licence ended on {date}."), date=expires),)


def _elsewhere(key: LicenceKey, memory: Memory, server: Server, now: float, until: float) -> Judged:
    """The key is for another server, or this server has got another name."""
    _, _, there = key.server.partition(":")
    here = server.machine if key.server.startswith("machine:") else next(iter(server.names), "")
    wrong = sentence(
        N_("The licence key is for the server {key}, and this one is {here}."),
        key=there,
        here=here or "?",
    )
    last = memory.matched_at + RENAMED_DAYS * DAY
    if memory.matched_key != key.number or now >= last:
        return State.WRONG_SERVER, 0, (wrong,)
    last = min(last, until) if until else last
    stays = sentence(N_("Everything stays on until {last}: ask for a new key."), last=last)
    return State.GRACE, last, (wrong, stays)
