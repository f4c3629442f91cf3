"""Help travels with the type, so that no form and no reference can forget it."""

from __future__ import annotations

from core.settings.about import EVERYWHERE, SERVER, about, group


def test_help_is_kept_with_its_scopes_and_secrecy() -> None:
    """E19."""
    meta = about("Title", "What.", "Why.", "Risk.", levels=SERVER, secret=True, unit="days")
    assert (meta.title, meta.description) == ("Title", "What.")
    assert meta.extra == {
        "why": "Why.",
        "risk": "Risk.",
        "levels": ("server",),
        "customer": False,
        "secret": True,
        "choices": {},
        "unit": "days",
    }


def test_a_setting_is_legal_everywhere_and_the_administrator_s_unless_said_otherwise() -> None:
    """Only what concerns the whole server is kept from domains and mailboxes."""
    extra = about("Title", "What.", "Why.", "Risk.").extra or {}
    assert extra["levels"] == EVERYWHERE == ("server", "domain", "mailbox")
    assert extra["secret"] is False
    assert extra["customer"] is False


def test_a_group_has_a_title_and_a_sentence() -> None:
    """What stands above its fields."""
    meta = group("Title", "What.")
    assert (meta.title, meta.description) == ("Title", "What.")
