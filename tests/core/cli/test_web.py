"""``web``: the pages run, and an address lets somebody in."""

from __future__ import annotations

import time

import pytest

from tests.core.cli.desk import Desk


def _listen(desk: Desk, web: str) -> None:
    text = desk.file.read_text()
    head, _, rest = text.partition("[listen]\n")
    desk.file.write_text(f'{head}[listen]\nweb = "{web}"\n{rest}')


def test_serve_runs_the_pages(desk: Desk) -> None:
    desk("web", "serve")
    assert [config.state for config in desk.pages.served] == [desk.directory / "state"]


def test_customers_have_a_server_of_their_own(desk: Desk) -> None:
    desk("web", "serve", "--customers")
    assert [config.state for config in desk.pages.served_customers] == [desk.directory / "state"]
    assert desk.pages.served == []


def test_serve_says_where_and_how_to_come_in(desk: Desk) -> None:
    """Somebody who starts them by hand would see nothing at all."""
    _listen(desk, "tcp:127.0.0.1:8480")
    said = desk("web", "serve").stderr
    assert "tcp:127.0.0.1:8480" in said
    assert "mailward web link" in said


@pytest.mark.parametrize(
    ("words", "whom"),
    [
        ((), "admin%2Froot"),
        (("--role", "customer", "--login", "anna"), "customer%2Fanna"),
        (("--login", "a b&c"), "admin%2Fa%20b%26c"),
    ],
)
def test_link_names_whom_it_lets_in(desk: Desk, words: tuple[str, ...], whom: str) -> None:
    _listen(desk, "tcp:127.0.0.1:8480")
    address = desk("web", "link", *words).stdout.strip().splitlines()[0]
    assert address == f"http://127.0.0.1:8480/enter?key={whom}"


def test_link_ends_when_asked(desk: Desk) -> None:
    _listen(desk, "tcp:127.0.0.1:8480")
    before = time.time()
    until = desk.json("web", "link", "--hours", "2", "--json")["until"]
    assert before + 7200 <= until <= time.time() + 7200


def test_without_a_port_there_is_nothing_to_link_to(desk: Desk) -> None:
    assert "listen.web" in desk("web", "link", code=4).stderr
