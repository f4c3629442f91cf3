"""E13: all neighbours at once, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.mta.neighbours import search as module
from core.mta.neighbours.finding import Finding, Site, Weight
from core.mta.neighbours.search import search
from tests.core.mta.neighbours.trees import tree


def test_the_gravest_come_first(tmp_path: Path) -> None:
    host = tree(
        tmp_path,
        {
            "/etc/exim.easy_spam_fighter/variables.conf": "",
            "/var/cpanel/hulkd/enabled": "",
            "/etc/csf/csf.conf": 'SMTPAUTH_RESTRICT = "1"\nLF_SMTPAUTH = "5"\n',
            "/etc/fail2ban/jail.local": "[dovecot]\nenabled = true\n",
        },
    )
    found = search(host)
    assert [(each.program, each.weight) for each in found.findings] == [
        ("CSF", Weight.COLLIDES),
        ("CSF", Weight.OVERLAPS),
        ("cPHulk", Weight.OVERLAPS),
        ("fail2ban", Weight.OVERLAPS),
        ("Easy Spam Fighter", Weight.BESIDE),
    ]
    assert found.unread == ()
    assert found.faults == ()


def test_an_empty_server_has_no_neighbours(tmp_path: Path) -> None:
    assert search(tree(tmp_path, {})).findings == ()


def test_a_reader_that_fails_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(site: Site) -> Iterator[Finding]:
        if not site.has("/nowhere"):
            raise RuntimeError("broken")
        yield from ()

    monkeypatch.setitem(module.LOOKS, "Postfix", fail)
    found = search(tree(tmp_path, {"/var/cpanel/hulkd/enabled": ""}))
    assert [each.program for each in found.findings] == ["cPHulk"]
    assert found.faults == ("Postfix: broken",)
