"""E13: Dovecot has one policy server only."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.mta.dovecot import DROP_IN, SETTINGS
from core.mta.neighbours import dovecot
from core.mta.neighbours.finding import Weight
from tests.core.mta.neighbours.trees import brief, found

HULK = "http://127.0.0.1:579/dovecot-auth-policy"


@pytest.mark.parametrize(
    ("name", "url", "program"),
    [
        ("dovecot.conf", HULK, "cPHulk"),
        ("conf.d/99-forced.conf", "http://127.0.0.1:8084/?command=", "Dovecot's policy server"),
        ("local.conf", "http://10.0.0.5/", "Dovecot's policy server"),
    ],
)
def test_another_policy_server_collides(tmp_path: Path, name: str, url: str, program: str) -> None:
    text = f"protocols = imap\n  auth_policy_server_url = {url}\n"
    assert brief(found(dovecot.look, tmp_path, {f"{dovecot.FOLDER}/{name}": text})) == [
        (program, f"auth_policy_server_url = {url}", Weight.COLLIDES)
    ]


def test_our_own_is_none(tmp_path: Path) -> None:
    """It stands in a file that is included."""
    files = {
        f"{dovecot.FOLDER}/conf.d/{DROP_IN}": f"!include_try {SETTINGS}\n",
        f"{dovecot.FOLDER}/conf.d/{SETTINGS}": "auth_policy_server_url = http://127.0.0.1:4001/\n",
        f"{dovecot.FOLDER}/dovecot.conf": "#auth_policy_server_url = http://x/\n",
    }
    assert found(dovecot.look, tmp_path, files) == []
