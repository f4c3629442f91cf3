"""Every mail has the headers of an automatic one, and no name can add to them."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NoticeError
from core.notify.letter import LONGEST_LINE, encoding, heading, letter, line

HOST = "mx.example.test"


def test_has_the_headers_of_an_automatic_mail() -> None:
    """RFC 5322 3.6, RFC 3834 5."""
    mail = letter("Hello", "o@a.test", HOST)
    assert mail["From"].addresses[0].addr_spec == f"mailward@{HOST}"
    assert str(mail["To"]) == "o@a.test"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime is not None
    assert mail["Message-ID"].endswith(f"@{HOST}>")


def test_an_id_can_be_given() -> None:
    """So that the same report is the same mail."""
    assert letter("x", "o@a.test", HOST, "<1@x.test>")["Message-ID"] == "<1@x.test>"


@pytest.mark.parametrize(
    "address", ["a@", "@x.test", "a@x.test>,<b@x.test", "=?utf-8?q?a?=@x.test"]
)
def test_a_recipient_that_is_none_is_refused(address: str) -> None:
    """The setting's pattern lets more pass than mail does."""
    with pytest.raises(NoticeError, match="no mail address"):
        letter("x", address, HOST)


@given(st.text(max_size=300))
def test_no_subject_adds_a_header(text: str) -> None:
    """Header injection, and RFC 2047's encoded words."""
    raw = letter(heading(text, 120), "o@a.test", HOST).as_bytes()
    found = message_from_bytes(raw + b"\r\n", policy=policy.default)
    assert set(found) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
    }
    assert raw.isascii()


@pytest.mark.parametrize(
    ("text", "said"),
    [("a\r\nb", "a??b"), ("jürgen", "jürgen"), ("\x1b[2J", "?[2J"), ("\udc80", "?")],
)
def test_a_line_shows_as_it_is(text: str, said: str) -> None:
    """And commands no terminal."""
    assert line(text) == said


def test_what_old_servers_cannot_take_is_encoded() -> None:
    """RFC 5322 2.1.1."""
    assert encoding("plain\ntext") == "7bit"
    assert encoding("ü") == encoding("x" * LONGEST_LINE) == "quoted-printable"
