"""Through DirectAdmin to the real pages: everybody sees what is theirs, and nothing else exists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.directadmin.laid import LaidMachine
from tests.directadmin.panel_session import PanelSession
from tests.lab.conftest import available

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def served() -> Iterator[LaidMachine]:
    """The plugin, and real pages behind both sockets."""
    with available(), LaidMachine() as machine:
        machine.serve_pages()
        yield machine
        assert machine.panel.errors == []


@pytest.mark.parametrize(
    ("login", "level", "own", "foreign"),
    [
        ("anna", "user", ["example.test"], ["customer.test", "rita.test"]),
        ("bert", "user", ["customer.test"], ["example.test", "rita.test"]),
        ("rita", "user", ["rita.test"], ["example.test", "customer.test"]),
        ("rita", "reseller", ["example.test", "rita.test"], ["customer.test"]),
        ("admin", "admin", ["example.test", "customer.test", "rita.test"], []),
        ("admin", "user", [], ["example.test", "customer.test", "rita.test"]),
    ],
)
@pytest.mark.proves("customers", "hostile")
def test_somebody_else_s_domain_does_not_exist(
    served: LaidMachine, login: str, level: str, own: list[str], foreign: list[str]
) -> None:
    """E4, E5: neither a page nor a form reaches it, and a level is no more than it says."""
    visitor = PanelSession(served.panel, login, level)
    before = served.mailward("export")
    for domain in own:
        assert visitor.get(f"/domains/{domain}").code == 200
    for domain in foreign:
        assert visitor.get(f"/domains/{domain}").code == 404
        narrowed = [("country-list", "FR"), ("country-mode", "allow")]
        assert visitor.save(f"/domains/{domain}", narrowed).code == 404
        assert domain not in visitor.get("/domains").text
    assert served.mailward("export") == before


@pytest.mark.parametrize(("login", "level"), [("anna", "user"), ("rita", "reseller")])
@pytest.mark.proves("customers", "hostile")
def test_the_server_s_settings_are_the_administrator_s(
    served: LaidMachine, login: str, level: str
) -> None:
    """E4."""
    visitor = PanelSession(served.panel, login, level)
    for route in ("/security", "/system", "/dashboard"):
        assert visitor.get(route).code in (403, 404)


@pytest.mark.parametrize(
    ("login", "level"),
    [("anna", "admin"), ("anna", "reseller"), ("rita", "admin"), ("bert", "admin")],
)
def test_directadmin_opens_no_level_above_one_s_own(
    served: LaidMachine, login: str, level: str
) -> None:
    assert PanelSession(served.panel, login, level).get("/").code == 403


def test_whoever_is_somebody_else_for_a_while_sees_what_that_one_sees(served: LaidMachine) -> None:
    """Login-as: an administrator as anna is anna."""
    visitor = PanelSession(served.panel, "admin")
    visitor.log_in_as("anna")
    assert visitor.get("/domains/example.test").code == 200
    assert visitor.get("/domains/customer.test").code == 404
    assert visitor.get("/system").code in (403, 404)


@pytest.mark.proves("hostile")
def test_a_form_without_mailward_s_own_token_changes_nothing(served: LaidMachine) -> None:
    """D4."""
    before = served.mailward("export")
    anna, bert = PanelSession(served.panel, "anna"), PanelSession(served.panel, "bert")
    fields = [("country-mode", "allow"), ("country-list", "FR")]
    assert anna.post("/domains/example.test", fields).code == 400
    page = bert.get("/preferences").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    stolen = [("csrf_token", found[1]), *fields]
    assert anna.post("/domains/example.test", stolen).code == 400
    assert served.mailward("export") == before


def test_a_form_of_an_earlier_session_is_stale(served: LaidMachine) -> None:
    """Whoever logs in anew has a new session, and its forms."""
    first, second = PanelSession(served.panel, "anna"), PanelSession(served.panel, "anna")
    page = first.get("/preferences").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    fields = [("csrf_token", found[1]), ("zone", "Asia/Tokyo"), ("language", ""), ("theme", "")]
    assert second.post("/preferences", fields).code == 400
    assert first.post("/preferences", fields).code == 303


def test_a_download_has_its_name(served: LaidMachine) -> None:
    """C4: the log as a table for a spreadsheet."""
    answer = PanelSession(served.panel, "admin").get("/log/export.csv")
    assert answer.code == 200
    said = answer.header("Content-Disposition")
    assert re.fullmatch(r'attachment; filename="mailward-log-[0-9-]+\.csv"', said)


def test_the_pages_speak_the_language_of_directadmin(served: LaidMachine) -> None:
    """F5."""
    bert = PanelSession(served.panel, "bert")
    assert '<html lang="de"' in bert.get("/overview", X_Test_Language="de").text
    assert '<html lang="en"' in bert.get("/overview", X_Test_Language="en").text


def test_directadmin_is_asked_once_for_a_page_with_all_that_it_loads(served: LaidMachine) -> None:
    visitor = PanelSession(served.panel, "bert")
    served.panel.asked.clear()
    page = visitor.get("/overview").text
    loaded = re.findall(r'(?:href|src)="(/CMD_PLUGINS[^"]+(?:css|js)[^"]*)"', page)
    assert len(loaded) > 3
    for address in loaded:
        assert visitor.send("GET", address.replace("&amp;", "&")).code == 200
    assert served.panel.asked == ["bert"]
