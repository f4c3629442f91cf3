"""One client's bounds; the conversations themselves are in test_policy_door.py."""

from __future__ import annotations

from core.daemon import policy_connection, wire
from core.mta.postfix_edits import FAILURE


def test_no_answer_waits_for_the_disk_longer_than_postfix_waits_for_it() -> None:
    """Past the timeout that our own hook sets, the mail would leave unchecked."""
    assert "timeout=2s" in FAILURE
    assert policy_connection.PATIENCE_WITH_DISK < 2.0


def test_what_is_said_meanwhile_refuses_for_now_and_blames_nobody() -> None:
    """The block is not durable yet, so it is not announced."""
    assert wire.LATER.startswith(b"action=DEFER 4.")
    assert b"block" not in wire.LATER
    assert wire.LATER.endswith(b"\n\n")


def test_an_unread_answer_is_bounded_well_above_any_pipeline() -> None:
    """A mail server pipelines a few requests at the most; each answer is below 512 octets."""
    assert policy_connection.MOST_UNREAD > 100 * 512
