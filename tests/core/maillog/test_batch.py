"""What the reader and the daemon say to each other arrives as it was sent."""

from __future__ import annotations

import pytest

from core.maillog.batch import HEADER, LONGEST, Batch, Frames, Order, frame
from core.maillog.bookmark import Bookmark, Echo, Wanted
from core.maillog.mails import Fate
from core.maillog.place import Place
from core.maillog.record import Failure, Login, Mail, Outcome
from core.words import Service

BOOKMARK = Bookmark(
    ("/var/log/mail.log",),
    {"/var/log/mail.log": (Place(1, 2, 3, b"\0" * 16, 1024, 4.5),)},
    "s=1",
    (Mail(1.0, Service.SMTP, "192.0.2.1", "a@example.test", "ABC"),),
    (Echo(1, 2.0, {"journal": 1}),),
)

BATCH = Batch(
    BOOKMARK,
    (Login(1.0, Service.IMAP, "192.0.2.1", "a", Failure.PASSWORD, 3),),
    (Mail(1.0, Service.SMTP, "192.0.2.1", "a@example.test", "ABC", 2),),
    (Fate(1.0, Service.SMTP, "a", "ABC", "b@example.org", Outcome.FAILED, "5.1.1"),),
    lines=7,
    behind={"x": 1},
)


@pytest.mark.parametrize(
    ("kind", "message"), [(Batch, BATCH), (Order, Order((Wanted("x", "exim", True),), BOOKMARK))]
)
def test_frames_there_and_back(kind: type, message: Batch | Order) -> None:
    """Length and message."""
    sent = frame(message)
    assert Frames.size(sent[:HEADER]) == len(sent) - HEADER
    assert Frames(kind).read(sent[HEADER:]) == message


@pytest.mark.parametrize("garbage", [b"", b"\xc1", b"hello", b"\x80", frame(BATCH)[4:40]])
def test_garbage_is_an_error(garbage: bytes) -> None:
    """Of one kind."""
    with pytest.raises(ValueError, match=r"."):
        Frames(Batch).read(garbage)


def test_a_frame_without_end_is_none() -> None:
    """Whoever writes text writes such lengths."""
    with pytest.raises(ValueError, match="frame"):
        Frames.size(b"Trac")
    assert Frames.size(LONGEST.to_bytes(HEADER, "big")) == LONGEST
