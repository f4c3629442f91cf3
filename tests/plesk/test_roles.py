"""Through Plesk, with the real pages: everybody sees what is theirs, and nothing else exists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.lab.readiness import await_true
from tests.plesk.panel_session import PanelSession

if TYPE_CHECKING:
    from tests.plesk.double.server import PleskServer

pytestmark = pytest.mark.lab


def session(plesk: PleskServer, login: str, locale: str = "en-US") -> PanelSession:
    """A session, once the pages answer."""
    found = PanelSession(plesk.address, login, locale)
    await_true(lambda: found.get("/").code != 502, "the pages", str)
    return found


@pytest.mark.parametrize(
    ("login", "own", "foreign"),
    [
        ("anna", ["example.test"], ["customer.test"]),
        ("bert", ["customer.test"], ["example.test"]),
        ("rita", ["example.test"], ["customer.test"]),
        ("admin", ["example.test", "customer.test"], []),
    ],
)
@pytest.mark.proves("customers", "hostile")
def test_somebody_else_s_domain_does_not_exist(
    installed: PleskServer, login: str, own: list[str], foreign: list[str]
) -> None:
    """E4, E5: neither a page nor a form reaches it."""
    visitor = session(installed, login)
    for domain in own:
        assert visitor.get(f"/domains/{domain}").code == 200
    for domain in foreign:
        assert visitor.get(f"/domains/{domain}").code == 404
        assert visitor.post(f"/domains/{domain}", [("country-mode", "off")]).code in (400, 403, 404)
        assert domain not in visitor.get("/domains").text


@pytest.mark.parametrize("login", ["anna", "rita"])
@pytest.mark.proves("customers", "hostile")
def test_the_server_s_settings_are_the_administrator_s(installed: PleskServer, login: str) -> None:
    """E4."""
    visitor = session(installed, login)
    for route in ("/security", "/system", "/lists"):
        assert visitor.get(route).code in (403, 404)


@pytest.mark.proves("hostile")
def test_a_form_without_mailward_s_own_token_changes_nothing(installed: PleskServer) -> None:
    """D4: Plesk's token alone is not enough."""
    before = installed.mailward("export").stdout
    visitor = session(installed, "admin")
    assert visitor.post("/security", [("country.mode", "off")]).code in (400, 403, 404, 405)
    assert installed.mailward("export").stdout == before


def test_a_download_has_its_name(installed: PleskServer) -> None:
    """C4: the log as a table for a spreadsheet."""
    answer = session(installed, "admin").get("/log/export.csv")
    assert answer.code == 200
    said = answer.header("Content-Disposition")
    assert re.fullmatch(r'attachment; filename="mailward-log-[0-9-]+\.csv"', said)
    assert answer.header("Content-Type").startswith("text/csv")


def test_the_pages_speak_the_language_of_the_session(installed: PleskServer) -> None:
    """F5: as chosen on Plesk's own login page."""
    german, english = session(installed, "anna", "de-DE"), session(installed, "anna")
    assert '<html lang="de"' in german.get("/overview").text
    assert '<html lang="en"' in english.get("/overview").text
    assert "Mailward" in german.page.text
