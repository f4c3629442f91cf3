"""Help travels with the type, so that no form and no reference can forget it."""

from __future__ import annotations

from core.settings.about import EVERYWHERE, SERVER, about


def test_help_is_kept_with_its_scopes_and_secrecy() -> None:
    """E19."""
    meta = about("What.", "Why.", "Risk.", SERVER, secret=True)
    assert meta.description == "What."
    assert meta.extra == {"why": "Why.", "risk": "Risk.", "levels": ("server",), "secret": True}


def test_a_setting_is_legal_everywhere_and_open_unless_said_otherwise() -> None:
    """Only what concerns the whole server is kept from domains and mailboxes."""
    extra = about("What.", "Why.", "Risk.").extra or {}
    assert extra["levels"] == EVERYWHERE == ("server", "domain", "mailbox")
    assert extra["secret"] is False
