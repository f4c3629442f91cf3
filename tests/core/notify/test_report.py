"""A report is a mail that every mail program can show, and that is the same whenever it is made."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from core.errors import NoticeError
from core.notify.report import compose, id_of
from core.notify.report_document import Document
from core.notify.submission import submit
from tests.core.notify.counted import FORMER, WEEK
from tests.core.notify.sink import sink

HOST = "mx.example.test"
DOCUMENT = Document(language="de", subject="Grüße\nBcc: x", lines=("Österreich <b> " + "x" * 2000,))


def _received(mail: EmailMessage) -> EmailMessage:
    found = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_has_both_forms_and_the_headers_of_an_automatic_mail() -> None:
    """D10: RFC 3834 5, RFC 2046 5.1.4: the last part is the best."""
    found = _received(compose(DOCUMENT, "o@a.test", HOST, "<1@x.test>"))
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Precedence"] == "bulk"
    assert found["Message-ID"] == "<1@x.test>"
    assert found["Date"].datetime is not None
    assert found["Bcc"] is None
    assert found["Subject"] == "Grüße?Bcc: x"
    assert found.get_content_type() == "multipart/alternative"
    text, page = found.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(page, EmailMessage)
    assert [part.get_content_type() for part in (text, page)] == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in (text, page)} == {"utf-8"}
    assert "Österreich <b>" in text.get_content()
    assert "Österreich &lt;b&gt;" in page.get_content()


def test_travels_through_old_servers() -> None:
    """RFC 5322 2.1.1: no 8-bit text, no line beyond 998 letters."""
    raw = compose(DOCUMENT, "o@a.test", HOST).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_arrives_as_it_was_sent() -> None:
    """D10: through a real dialogue."""
    mail = compose(DOCUMENT, "o@a.test", HOST)
    with sink() as server:
        assert "250" in submit(mail, "o@a.test", places=[], smtp=server.place)
    ((recipient, found),) = server.mails
    assert recipient == "o@a.test"
    page = found.get_body(("html",))
    assert page is not None
    assert "Österreich" in page.get_content()


def test_a_notice_is_not_bulk() -> None:
    """Somebody waits for it."""
    assert compose(DOCUMENT, "o@a.test", HOST, bulk=False)["Precedence"] is None


def test_a_recipient_that_is_none_is_refused() -> None:
    """It becomes a problem in the daemon's status."""
    with pytest.raises(NoticeError, match="no mail address"):
        compose(DOCUMENT, "a@x>,<b@x", HOST)


def test_the_same_report_has_the_same_id() -> None:
    """D10: should it ever be taken twice, a mailbox can tell; and no other report is it."""
    ids = {
        id_of(domain, period, recipient, host)
        for domain in ("", "a.test")
        for period in (WEEK, FORMER)
        for recipient in ("o@a.test", "jürgen@a.test")
        for host in (HOST, "mx2.example.test")
    }
    assert len(ids) == 16
    assert id_of("", WEEK, "o@a.test", HOST) in ids
    assert all(each.startswith("<") and each.endswith("example.test>") for each in ids)
