"""docs/bans.md: what it says of files, ports and commands is so, and its scripts are scripts."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from msgspec import toml

from core.settings.config import Config
from core.settings.fields import FIELDS
from core.system import ban_file, ban_nftables

TEXT = (Path(__file__).parents[2] / "docs" / "bans.md").read_text("utf-8")
SCRIPTS = re.findall(r"```sh\n(#!.*?)```", TEXT, re.DOTALL)


def test_names_are_right() -> None:
    """A18: settings, file, table and ports."""
    named = set(re.findall(r"`(ban\.\w+|attack\.\w+)`", TEXT))
    assert named <= set(FIELDS)
    assert ban_nftables.TABLE in TEXT
    assert f"PathChanged={Config().state / ban_file.NAME}" in TEXT
    *first, last = map(str, ban_nftables.PORTS)
    assert f"{', '.join(first)} and {last}" in " ".join(TEXT.split())


def test_the_file_is_read() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert toml.decode(block, type=Config).ban.command == "/usr/local/sbin/mailward-ban"


@pytest.mark.parametrize("script", SCRIPTS, ids=["csf", "fail2ban"])
@pytest.mark.parametrize(
    ("words", "code"),
    [(["ban", "2001:db8::/64", "60"], 0), (["unban", "192.0.2.1"], 0), (["other"], 2)],
)
def test_the_scripts_call_the_tools(
    tmp_path: Path, script: str, words: list[str], code: int
) -> None:
    """With stand-ins for csf and fail2ban-client that say what they were told."""
    for tool in ("csf", "fail2ban-client"):
        (tmp_path / tool).write_text('#!/bin/sh\necho "$(basename "$0") $*"\n')
        (tmp_path / tool).chmod(0o755)
    (tmp_path / "ban").write_text(script)
    done = subprocess.run(
        ["sh", str(tmp_path / "ban"), *words],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == code
    if not code:
        assert words[1] in done.stdout
        assert done.stdout.startswith(("csf -t", "fail2ban-client set mailward "))
