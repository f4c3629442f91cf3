"""The notice says what happened and what to do, and no name can make it say more."""

from __future__ import annotations

import re
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NoticeError
from core.notify.block_notice import WORDINGS, Wording, compose
from tests.core.notify.samples import block

HOST = "mx.example.test"
ADMIN = "admin@example.test"
BLANK = re.compile(r"\{[a-z]+\}")


def _received(message: EmailMessage) -> EmailMessage:
    """As it arrives after a journey through mail servers."""
    found = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_says_everything_that_is_needed() -> None:
    """B3: which account, since when, until when, why, and what to do."""
    text = _received(compose(block(), ADMIN, HOST)).get_content()
    for part in (
        "bob@example.test",
        "2026-03-01 18:00 UTC",
        "2026-03-02 00:00 UTC",
        "151 messages",
        "Change the password",
        "mailward blocked release bob@example.test",
        "mailward exempt add --send bob@example.test",
        HOST,
    ):
        assert part in text


def test_german_says_the_same() -> None:
    """E20: the same blanks and commands, in another language."""
    english, german = WORDINGS["en"], WORDINGS["de"]
    for name in Wording.__struct_fields__:
        ours, theirs = str(getattr(german, name)), str(getattr(english, name))
        assert Counter(BLANK.findall(ours)) == Counter(BLANK.findall(theirs)), name
    found = _received(compose(block(), ADMIN, HOST, language="de", test=True))
    assert found["Subject"] == "Test: Für den Versand gesperrt: bob@example.test"
    text = found.get_content()
    assert "mailward blocked release bob@example.test" in text
    assert "Ändern Sie das Passwort von bob@example.test" in text
    assert text.startswith("Dies ist ein Test. Niemand ist gesperrt")


@pytest.mark.parametrize("language", sorted(WORDINGS))
def test_lines_are_short_enough_for_every_mail_program(language: str) -> None:
    """RFC 5322 2.1.1 asks for 78 characters, and blanks make lines longer."""
    lines = WORDINGS[language].body.splitlines()
    assert [line for line in lines if len(line) > 100] == []


def test_has_the_headers_of_an_automatic_mail() -> None:
    """RFC 5322 3.6, RFC 3834 5."""
    found = _received(compose(block(), ADMIN, HOST))
    assert found["From"].addresses[0].addr_spec == f"mailward@{HOST}"
    assert [address.addr_spec for address in found["To"].addresses] == [ADMIN]
    assert found["Subject"] == "Blocked from sending: bob@example.test"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Message-ID"].endswith(f"@{HOST}>")
    assert found["Date"].datetime is not None
    assert found["MIME-Version"] == "1.0"
    assert found.get_content_type() == "text/plain"


def test_each_notice_has_an_id_of_its_own() -> None:
    """Mail programs join mails of one id."""
    first, second = (compose(block(), ADMIN, HOST)["Message-ID"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize(
    ("account", "evidence"),
    [
        ("bob\r\nBcc: victim@example.test", "x"),
        ("bob\n\nThe administrator's password has expired", "x"),
        ("bob\u2028Bcc: victim@example.test", "a\r\n.\r\nQUIT"),
        ("bob\x00\x1b[2J", "x\x9b"),
        ("=?utf-8?q?bob=0D=0ABcc:_victim?=", "x"),
        ("\udc80@example.test", "\udcff"),
        ("b" * 5000, "x" * 5000),
    ],
)
def test_a_name_can_add_neither_header_nor_paragraph(account: str, evidence: str) -> None:
    """Header injection by login names."""
    harmless = _received(compose(block(), ADMIN, HOST))
    found = _received(compose(block(account, evidence), ADMIN, HOST))
    assert set(found) <= {*harmless, "Content-Transfer-Encoding"}
    assert found["Bcc"] is None
    assert [address.addr_spec for address in found["To"].addresses] == [ADMIN]
    lines = found.get_content().splitlines()
    assert len(lines) == len(harmless.get_content().splitlines())


@given(st.text(max_size=400), st.text(max_size=400))
def test_every_name_makes_a_mail(account: str, evidence: str) -> None:
    """RFC 5322 2.1.1: no line is longer than 998; the account can be read in the text."""
    raw = compose(block(account, evidence), ADMIN, HOST).as_bytes()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    if account.isprintable():
        assert account in message_from_bytes(raw, policy=policy.default).get_content()


WORDS = st.sampled_from(["=?utf-8?q?", "=0D=0A", "?=", " ", "Bcc:_a@b.test", "=?", "_", "\n"])


@given(st.lists(WORDS, max_size=8).map("".join))
def test_no_encoded_word_is_decoded_into_a_header(account: str) -> None:
    """RFC 2047: what looks like one is a login name like any other."""
    found = _received(compose(block(account), ADMIN, HOST))
    assert found["Bcc"] is None
    assert found["Subject"].lstrip().startswith("Blocked from sending:")
    assert "What to do now" in found.get_content()


@pytest.mark.parametrize(
    "address", ["=?utf-8?q?a=0D=0ABcc:_b?=@x.test", "a@x.test>,<b@x.test", "a@", "a@(x", "@x.test"]
)
def test_a_recipient_that_is_none_is_refused(address: str) -> None:
    """The setting's pattern lets more pass than mail does."""
    with pytest.raises(NoticeError, match="no mail address"):
        compose(block(), address, HOST)


@pytest.mark.parametrize(
    ("account", "command"),
    [
        ("jürgen@bücher.test", "release 'jürgen@bücher.test'"),
        ("a b;rm -rf@x.test", "release 'a b;rm -rf@x.test'"),
        ("it's@x.test", "release 'it'\"'\"'s@x.test'"),
        ("--help@x.test", "release -- --help@x.test"),
    ],
)
def test_commands_can_be_copied(account: str, command: str) -> None:
    """Into a shell, as they stand."""
    assert command in _received(compose(block(account), ADMIN, HOST)).get_content()


def test_an_administrator_beyond_ascii_is_written_as_such() -> None:
    """RFC 6532."""
    raw = compose(block(), "jürgen@bücher.test", HOST).as_bytes()
    assert "jürgen@bücher.test".encode() in raw


def test_a_test_says_so() -> None:
    """In the subject and in the first line."""
    found = _received(compose(block(), ADMIN, HOST, test=True))
    assert found["Subject"].startswith("Test: ")
    assert found.get_content().startswith("This is a test. Nobody is blocked")


def test_a_language_without_wording_is_english() -> None:
    """Until somebody writes it."""
    found = compose(block(), ADMIN, HOST, language="tlh")
    assert found["Subject"] == "Blocked from sending: bob@example.test"
