"""Pages hold nothing that nobody sees."""

from __future__ import annotations

import pytest
from werkzeug.wrappers import Response

from core.web.visible import visible


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a\x00\x1b[31m\x7fb", "a[31mb"),
        ("a\t\r\nb", "a\t\r\nb"),
        ("\u202egro.example\u202c \u2066x\u2069", "\ufffdgro.example\ufffd \ufffdx\ufffd"),
        ("שלום\u200f مرحبا\u200e ü😀", "שלום\u200f مرحبا\u200e ü😀"),
    ],
)
def test_page_is_what_one_sees(said: str, shown: str) -> None:
    """E22"""
    answer = visible(Response(said, mimetype="text/html"))
    assert answer.get_data(as_text=True) == shown
    assert answer.content_length == len(shown.encode())


def test_files_stay_as_they_are() -> None:
    assert visible(Response(b"a\x00", mimetype="application/zip")).data == b"a\x00"
