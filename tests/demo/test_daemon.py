"""What differs in the demo's daemon: where the administrator's mail goes."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

from core.settings.model import Settings
from core.settings.scope import typed
from core.store.block import Block
from demo.daemon import into

BLOCK = Block(
    account="tim@sonnenhof.example",
    started=1_000_000.0,
    until=1_021_600.0,
    seconds=21_600,
    reason="send_limit",
    evidence="151 messages within 300 seconds",
)


def test_a_notice_becomes_a_file(tmp_path: Path) -> None:
    settings = typed({("server", ""): {"notify.address": "postmaster@nordlicht.example"}})[0]
    into(tmp_path)(BLOCK, settings.server, ())
    (file,) = tmp_path.iterdir()
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert mail["To"] == "postmaster@nordlicht.example"
    assert BLOCK.account in mail["Subject"]
    assert BLOCK.evidence in mail.get_content()


def test_without_an_address_nobody_is_told(tmp_path: Path) -> None:
    into(tmp_path)(BLOCK, Settings(), ())
    assert list(tmp_path.iterdir()) == []
