"""E13: Imunify360 at mail ports."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.mta.neighbours import imunify
from core.mta.neighbours.finding import Weight
from tests.core.mta.neighbours.trees import brief, found

MAIN = f"{imunify.FOLDER}/imunify360.config"
MERGED = f"{imunify.FOLDER}/imunify360-merged.config"

PAM = ("Imunify360", "PAM.exim_dovecot_protection", Weight.OVERLAPS)
BLOCKING = ("Imunify360", "SMTP_BLOCKING.enable", Weight.BESIDE)

CASES = [
    ("PAM:\n  enable: true\n  exim_dovecot_protection: true\n", [PAM]),
    ("PAM:\n  enable: true\n  exim_dovecot_protection: false\n", []),
    ("OTHER:\n  exim_dovecot_protection: true\n", []),
    ("SMTP_BLOCKING:\n  allow_groups:\n  - mail\n  enable: True\n", [BLOCKING]),
    ("# PAM:\n#  exim_dovecot_protection: true\n", []),
    (
        "PAM:\n  exim_dovecot_protection: true  # on\nSMTP_BLOCKING:\n  enable: yes\n",
        [PAM, BLOCKING],
    ),
    ("\t: : {[", []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_what_is_on_is_named(
    tmp_path: Path, text: str, expected: list[tuple[str, str, Weight]]
) -> None:
    assert brief(found(imunify.look, tmp_path, {MAIN: text})) == expected


def test_the_last_file_counts(tmp_path: Path) -> None:
    """The merged file first, then what people have written."""
    files = {
        MERGED: "PAM:\n  exim_dovecot_protection: true\nSMTP_BLOCKING:\n  enable: true\n",
        f"{imunify.FOLDER}/imunify360.config.d/10-own.config": (
            "PAM:\n  exim_dovecot_protection: false\n"
        ),
    }
    assert brief(found(imunify.look, tmp_path, files)) == [BLOCKING]
