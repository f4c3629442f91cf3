"""E13: what CSF and lfd do to people who log in or send."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.mta.neighbours import csf
from core.mta.neighbours.finding import Weight
from tests.core.mta.neighbours.trees import brief, found

OFF = """\
TESTING = "0"
SMTPAUTH_RESTRICT = "0"
CC_ALLOW_SMTPAUTH = ""
LF_SMTPAUTH = "0"
LF_POP3D = "0"
LF_IMAPD = "0"
LF_DISTSMTP = "0"
LT_POP3D = "0"
RT_AUTHRELAY_LIMIT = "100"
RT_AUTHRELAY_BLOCK = "0"
PORTFLOOD = "80;tcp;20;5"
CONNLIMIT = ""
SMTP_BLOCK = "0"
"""

CASES = [
    ('SMTPAUTH_RESTRICT = "1"', 'SMTPAUTH_RESTRICT = "1"', Weight.COLLIDES),
    (
        'SMTPAUTH_RESTRICT = "1"\nCC_ALLOW_SMTPAUTH = "DE,AT"',
        'SMTPAUTH_RESTRICT = "1", CC_ALLOW_SMTPAUTH = "DE,AT"',
        Weight.COLLIDES,
    ),
    ('LF_SMTPAUTH = "5"', 'LF_SMTPAUTH = "5"', Weight.OVERLAPS),
    (
        'LF_POP3D = "10"\nLF_IMAPD = "10"',
        'LF_POP3D = "10", LF_IMAPD = "10"',
        Weight.OVERLAPS,
    ),
    ('LF_DISTSMTP = "1"', 'LF_DISTSMTP = "1"', Weight.OVERLAPS),
    ('LT_POP3D = "60"', 'LT_POP3D = "60"', Weight.OVERLAPS),
    ('RT_AUTHRELAY_BLOCK = "1"', 'RT_AUTHRELAY_LIMIT = "100"', Weight.OVERLAPS),
    (
        'PORTFLOOD = "22;tcp;5;300,587;tcp;20;5"',
        'PORTFLOOD = "22;tcp;5;300,587;tcp;20;5"',
        Weight.OVERLAPS,
    ),
    ('CONNLIMIT = "22;5,993;10"', 'CONNLIMIT = "22;5,993;10"', Weight.OVERLAPS),
    ('SMTP_BLOCK = "1"', 'SMTP_BLOCK = "1"', Weight.BESIDE),
]


@pytest.mark.parametrize(("lines", "what", "weight"), CASES, ids=[case[0] for case in CASES])
@pytest.mark.proves("neighbours", of="cpanel")
@pytest.mark.proves("neighbours", of="directadmin")
def test_each_setting_is_found(tmp_path: Path, lines: str, what: str, weight: Weight) -> None:
    findings = found(csf.look, tmp_path, {csf.FILE: f"{OFF}{lines}\n"})
    assert brief(findings) == [("CSF", what, weight)]
    assert findings[0].where == csf.FILE


@pytest.mark.parametrize("text", [OFF, "", "#" + OFF.replace("\n", "\n#")])
def test_what_is_off_is_not_told(tmp_path: Path, text: str) -> None:
    assert found(csf.look, tmp_path, {csf.FILE: text}) == []


def test_a_csf_that_is_switched_off_is_not_told(tmp_path: Path) -> None:
    """`csf -x`."""
    files = {csf.FILE: 'SMTPAUTH_RESTRICT = "1"\n', csf.DISABLED: ""}
    assert found(csf.look, tmp_path, files) == []
