"""Every word has a name for people, and every reason a sentence."""

from __future__ import annotations

from enum import StrEnum

import pytest

from core import labels
from core.engine.checks import CHECKS
from core.settings.about import EVERYWHERE
from core.words import N_, NetworkKind, Reason, Service, Stage, Verdict

KINDS: tuple[type[StrEnum], ...] = (Stage, Service, Verdict, Reason, NetworkKind)


@pytest.mark.parametrize("word", [word for kind in KINDS for word in kind], ids=repr)
def test_every_word_has_a_label(word: StrEnum) -> None:
    """A word without one would be shown as a code."""
    assert labels.label(word).strip()
    assert labels.label(word) != word or "_" not in word


def test_words_of_one_spelling_keep_their_own_labels() -> None:
    """The stage "auth" is no service, but the reason "local" and the service "local" are equal."""
    assert labels.label(Reason.LOCAL) != labels.label(Service.LOCAL)


def test_unknown_words_stand_for_themselves() -> None:
    """An event that a newer version wrote is shown all the same."""
    assert labels.label("sea_monster") == "sea_monster"


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_says_why_and_what_to_do(reason: Reason) -> None:
    """A26: one sentence; a refusal also says what helps."""
    text = labels.EXPLANATIONS[reason]
    assert text[0].isupper()
    assert text.endswith(".")
    assert ";" in text or not text.startswith(("Refused", "Blocked"))


def test_stages_checks_and_levels_have_names() -> None:
    """D11: what the drawn decision path calls its steps."""
    asked = {check.__name__ for checks in CHECKS.values() for check in checks}
    assert asked == set(labels.CHECKS)
    assert set(labels.STAGE_EXPLANATIONS) == set(Stage)
    assert set(labels.LEVELS) == set(EVERYWHERE)


def test_marking_changes_nothing() -> None:
    """The marker is for the tools that collect texts."""
    assert N_("a text") == "a text"
