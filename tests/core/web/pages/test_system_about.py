"""About: versions, doors, counters, faults, and whose data this is."""

from __future__ import annotations

from typing import Any

from core import __version__
from tests.core.desk.office import daemon_at
from tests.core.web.rig import Pages


def _status(**different: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "version": __version__,
        "pid": 4711,
        "started": 1.8e9,
        "doors": [
            {"kind": "policy", "endpoint": "unix:/x/p.sock", "connections": 16, "problem": ""},
            {
                "kind": "dovecot",
                "endpoint": "tcp:127.0.0.1:4001",
                "connections": 0,
                "problem": "address in use",
            },
        ],
        "faults": 2,
        "last_fault": "Traceback <of> a fault",
        "events": {"noted": 1234, "dropped": 5, "waiting": 0, "log_lost": 0},
        "blocked": 1,
        "tracked": 30,
        "server_country": "AT",
        "sources": [
            {
                "name": "country",
                "credit": "IP Geolocation by DB-IP",
                "terms": "CC BY 4.0",
                "link": "https://db-ip.com",
            }
        ],
    }
    return values | different


def test_daemon_tells_of_itself(pages: Pages) -> None:
    """E15"""
    with daemon_at(pages.config.control, {"status": lambda _: _status()}):
        text = pages.admin.get("/system/about").text
    for shown in (
        "4711",
        "1,234 noted",
        "unix:/x/p.sock",
        "address in use",
        "Traceback &lt;of&gt;",
    ):
        assert shown in text
    assert "5 lost" in text
    assert 'href="https://db-ip.com"' in text
    assert "another version" not in text


def test_daemon_of_another_version_is_told(pages: Pages) -> None:
    with daemon_at(pages.config.control, {"status": lambda _: _status(version="0.0.1")}):
        assert "another version than these pages: 0.0.1" in pages.admin.get("/system/about").text


def test_without_daemon(pages: Pages) -> None:
    pages.config.data.mkdir()
    text = pages.admin.get("/system/about").text
    assert "the daemon cannot be reached" in text
    assert __version__ in text
    assert "Natural Earth" in text
