"""The demo's pages let three people in, and end with the demo."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.request
from pathlib import Path

from tests.demo.rig import Demo

_ADDRESS = re.compile(r"^http://127\.0\.0\.1:\d+/enter\?key=\S+$", re.MULTILINE)


def test_three_addresses_lead_to_living_pages(tmp_path: Path) -> None:
    with Demo(tmp_path / "d", "--no-lab") as demo:
        demo.await_true(lambda: len(_ADDRESS.findall(demo.printed())) == 3)
        for address, expected in zip(
            _ADDRESS.findall(demo.printed()),
            ("/dashboard", "/overview", "/overview"),
            strict=True,
        ):
            jar = http.cookiejar.CookieJar()
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
            with browser.open(address) as answer:
                assert answer.status == 200
                assert answer.url.endswith(expected)
        demo.interrupt_group()
        assert demo.finish() == 0
        assert demo.left_behind() == []
