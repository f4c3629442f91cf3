"""CrowdSec's stream: what is read of it, and what it may not do to us."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DataError
from core.net.prefixes import Prefix
from core.sources import crowdsec
from core.sources.crowdsec import Ban, Decision, bans, fetch, place_of, places, seconds
from core.sources.feeds.feed import read_json

NOW = 1_800_000_000.0
URL = "http://127.0.0.1:8080"
STREAM = URL + "/v1/decisions/stream"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("4h", 14_400),
        ("3h59m58.5s", 14_398.5),
        ("1m30s", 90),
        ("150ms", 0.15),
        ("10us", 1e-5),
        ("10µs", 1e-5),
        ("7ns", 7e-9),
        ("-1m", -60),
        ("0s", 0),
    ],
)
def test_lengths_of_time_are_read_as_go_writes_them(text: str, length: float) -> None:
    assert seconds(text) == pytest.approx(length)


@pytest.mark.parametrize(
    "text", ["", "4", "h", "4 h", "4d", "1e9s", "--4h", "4h;", "9" * 400 + "h"]
)
def test_what_is_no_length_of_time_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        seconds(text)


@pytest.mark.parametrize(
    ("scope", "value", "place"),
    [
        ("Ip", "203.0.113.7", Prefix.parse("203.0.113.7")),
        ("ip", "::ffff:203.0.113.7", Prefix.parse("203.0.113.7")),
        ("Ip", "2001:db8::7", Prefix.parse("2001:db8::7")),
        ("Range", "203.0.113.0/24", Prefix.parse("203.0.113.0/24")),
        ("AS", "64500", 64500),
        ("as", "AS64500", 64500),
        ("Country", "RU", None),
        ("username", "anna", None),
    ],
)
def test_scopes(scope: str, value: str, place: object) -> None:
    assert place_of(Decision(value, scope)) == place


@pytest.mark.parametrize(
    ("scope", "value"),
    [("Ip", "203.0.113.0/24"), ("Ip", "x" * 9999), ("Range", "-"), ("AS", "0"), ("AS", "9" * 99)],
)
def test_a_value_of_another_scope_is_told(scope: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"is (no|not an) "):
        place_of(Decision(value, scope))


def _ban(value: str, duration: str = "4h", **more: str) -> Decision:
    return Decision(value, duration=duration, scenario="crowdsecurity/dovecot-spam", **more)


def test_bans_last_from_now_and_the_longest_of_a_place_counts() -> None:
    found, useless = bans(
        [_ban("203.0.113.7", "1h"), _ban("203.0.113.7", "4h"), _ban("203.0.113.7", "2h")], NOW
    )
    assert found == {Prefix.parse("203.0.113.7"): Ban(NOW + 14_400, "crowdsecurity/dovecot-spam")}
    assert useless == 0


@pytest.mark.parametrize(
    ("decision", "useless"),
    [
        (_ban("203.0.113.7", type="captcha"), 0),
        (_ban("203.0.113.7", "-5m"), 0),
        (_ban("RU", scope="Country"), 0),
        (_ban("203.0.113.7", "soon"), 1),
        (_ban("nonsense"), 1),
    ],
)
def test_what_is_no_ban_bans_nobody(decision: Decision, useless: int) -> None:
    assert bans([decision], NOW) == ({}, useless)


def test_a_ban_for_a_thousand_years_is_looked_at_again() -> None:
    found, _ = bans([_ban("203.0.113.7", "8766000h")], NOW)
    assert found[Prefix.parse("203.0.113.7")].until == NOW + crowdsec.LONGEST


def test_what_was_deleted_is_read_without_its_length() -> None:
    gone = places([Decision("203.0.113.7"), Decision("oops"), Decision("RU", "Country")])
    assert gone == {Prefix.parse("203.0.113.7")}


@pytest.mark.parametrize("startup", [True, False])
def test_it_is_asked_with_the_key_of_a_bouncer(web: responses.RequestsMock, startup: bool) -> None:
    web.get(STREAM, json={"new": [{"value": "203.0.113.7", "id": 3}], "deleted": None})
    stream = fetch(URL + "/", "k3y", startup=startup)
    assert [each.value for each in stream.new or ()] == ["203.0.113.7"]
    request = web.calls[0].request
    assert request.headers["X-Api-Key"] == "k3y"
    assert request.url == f"{STREAM}?startup={str(startup).lower()}"


def test_a_redirect_does_not_get_the_key(web: responses.RequestsMock) -> None:
    web.get(STREAM, status=302, headers={"Location": "https://evil.example/"})
    with pytest.raises(DataError, match="answered 302"):
        fetch(URL, "k3y", startup=True)
    assert len(web.calls) == 1


@pytest.mark.parametrize("url", ["http://192.0.2.1:8080", "http://crowdsec.example:8080"])
def test_the_key_does_not_travel_readable(url: str) -> None:
    with pytest.raises(DataError, match="must be https"):
        fetch(url, "k3y", startup=True)


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://[::1]:1", "http://127.0.0.2:1", "https://192.0.2.1:1"]
)
def test_loopback_and_https_are_asked(web: responses.RequestsMock, url: str) -> None:
    web.get(url + "/v1/decisions/stream", json={})
    assert fetch(url, "k3y", startup=True).new is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"<html>",
        b'{"new": {"value": 1}}',
        b'{"new": [{"scope": "Ip"}]}',
        b'{"new": [{"value": null}]}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
    ids=["empty", "null", "list", "html", "object", "no value", "null value", "deep", "binary"],
)
def test_another_answer_is_an_error(web: responses.RequestsMock, body: bytes) -> None:
    web.get(STREAM, body)
    with pytest.raises(DataError):
        fetch(URL, "k3y", startup=True)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"status": 403}, "cscli bouncers add"),
        ({"status": 500}, "answered 500"),
        ({"body": requests.ConnectionError("k3y")}, "ConnectionError"),
        ({"body": b"x" * 2000}, "too much"),
    ],
)
def test_what_goes_wrong_is_said_without_the_key(
    web: responses.RequestsMock,
    monkeypatch: pytest.MonkeyPatch,
    answer: dict[str, Any],
    says: str,
) -> None:
    monkeypatch.setattr(crowdsec, "LARGEST", 1000)
    web.get(STREAM, **answer)
    with pytest.raises(DataError, match=says) as raised:
        fetch(URL, "k3y", startup=True)
    assert "k3y" not in str(raised.value)


@given(
    st.lists(st.dictionaries(st.sampled_from(["value", "scope", "type", "duration"]), st.text()))
)
def test_whatever_it_tells_is_read_or_left_out(rows: list[dict[str, str]]) -> None:
    whole = [{"value": ""} | row for row in rows]
    decisions = read_json(json.dumps({"new": whole}).encode(), crowdsec.Stream).new or []
    found, _ = bans(decisions, NOW)
    assert all(ban.until > NOW for ban in found.values())
    places(decisions)
