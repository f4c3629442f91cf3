"""Pieces of Exim's lines, and pieces that are none."""

from __future__ import annotations

import pytest

from core.maillog.exim_fields import Peer, arrival, end_of_address, login_name, rejection
from core.words import Service


@pytest.mark.parametrize(
    ("line", "end"),
    [
        (b"a@b.test R=x", 8),
        (b'"a b"@c.test R=x', 12),
        (b'"a \\" b"@c.test R=x', 15),
        (b"bob", 3),
        (b" a@b", -1),
        (b'"a b R=x', -1),
        (b"", -1),
    ],
)
def test_where_an_address_ends(line: bytes, end: int) -> None:
    assert end_of_address(line, 0) == end


@pytest.mark.parametrize(
    ("host", "peer"),
    [
        (b"[203.0.113.5]", Peer("203.0.113.5", Service.UNKNOWN)),
        (b"(x) [203.0.113.5]:4 I=[192.0.2.1]:465", Peer("203.0.113.5", Service.SMTPS)),
        (b"a.test (x) [2001:db8::5]", Peer("2001:db8::5", Service.UNKNOWN)),
        (b"a.test ([IPv6:::1]) [2001:db8::5]", Peer("2001:db8::5", Service.UNKNOWN)),
        (b"(My PC) [203.0.113.5]", Peer("203.0.113.5", Service.UNKNOWN)),
        (b"(x) [192.0.2.9]) [203.0.113.5]", None),
        (b"(x=y) [203.0.113.5]", None),
        (b"(x [203.0.113.5]", None),
        (b"x", None),
    ],
)
def test_who_a_mail_comes_from(host: bytes, peer: Peer | None) -> None:
    found = arrival(b" H=" + host + b" P=esmtp S=1", 0)
    assert (found.peer if found else None) == peer


@pytest.mark.parametrize(
    "line",
    [
        b" H=[192.0.2.1] H=[192.0.2.2] P=esmtp",
        b" P=esmtp P=local",
        b' T="x"y for a@b',
        b' T="x" y for a@b',
        b' T="x',
        b" from <x for a@b",
    ],
)
def test_fields_that_cannot_be_exims_own_are_not_understood(line: bytes) -> None:
    assert arrival(line, 0) is None


@pytest.mark.parametrize(
    ("tail", "number"),
    [
        (b"", 0),
        (b" for a@b", 1),
        (b" from <> for a@b c@d", 2),
        (b' from <"x for y"@z> for "a b for"@c d@e "f"@g', 3),
        (b" for a@b H=[192.0.2.9] A=plain:eve", 3),
    ],
)
def test_recipients_are_counted_behind_the_last_field(tail: bytes, number: int) -> None:
    found = arrival(b' P=esmtpa A=plain:bob S=1 T="for x"' + tail, 0)
    assert found is not None
    assert found.recipients == number
    assert found.values[b"A"] == b"plain:bob"


@pytest.mark.parametrize(
    ("field", "name"),
    [(b"plain:bob", "bob"), (b"plain", ""), (b"plain:", ""), (b"x:b:c", "b:c")],
)
def test_a_login_name_stands_behind_its_authenticator(field: bytes, name: str) -> None:
    assert login_name(field) == name


@pytest.mark.parametrize(
    "line",
    [
        b"(x) [203.0.113.5] rejected RCPT <a@b>: no",
        b"H=(x) 203.0.113.5 rejected RCPT <a@b>: no",
        b"H=(x) [203.0.113.5]",
        b"H=(x) [203.0.113.5] F=<a b> rejected RCPT <a@b>: no",
    ],
)
def test_what_is_no_refusal(line: bytes) -> None:
    assert rejection(line) is None
