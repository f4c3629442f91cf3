"""Every word has a name for people, and every reason a sentence."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.extract import extract, extract_from_dir

from core import labels
from core.engine.checks import CHECKS
from core.settings.about import EVERYWHERE, Unit
from core.settings.fields import FIELDS, GROUPS
from core.words import N_, NetworkKind, Reason, Service, SignalKind, Stage, Verdict

KINDS: tuple[type[StrEnum], ...] = (
    Stage,
    Service,
    Verdict,
    Reason,
    NetworkKind,
    SignalKind,
)


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
    assert set(labels.UNITS) == set(get_args(Unit))


def marked() -> set[str]:
    """What gettext's tools find in the rooms that hold texts."""
    core = Path(labels.__file__).parent
    found = extract_from_dir(core / "settings", [("**.py", "python")], keywords={"N_": None})
    with Path(labels.__file__).open("rb") as source:
        here = extract("python", source, keywords={"N_": None})
        return {str(each[2]) for each in found} | {str(each[1]) for each in here}


def test_every_text_that_people_see_is_marked_for_translation() -> None:
    """E20: a text without the mark stays English for ever."""
    texts = {
        text
        for field in FIELDS.values()
        for text in (field.title, field.what, field.why, field.risk, *field.choices.values())
    }
    texts |= {text for group in GROUPS.values() for text in (group.title, group.what)}
    tables = (labels.EXPLANATIONS, labels.STAGE_EXPLANATIONS, labels.CHECKS, labels.LEVELS)
    for table in (*labels.LABELS.values(), *tables, labels.UNITS):
        texts |= set(table.values())
    assert texts - {""} <= marked()


def test_marking_changes_nothing() -> None:
    """The marker is for the tools that collect texts."""
    assert N_("a text") == "a text"
