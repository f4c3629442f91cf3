"""Through WHM and cPanel, with the real pages: what is somebody's is there, nothing else exists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.cpanel.panel_session import PanelSession
from tests.cpanel.served import DOMAINS, ServedMachine
from tests.lab.conftest import available

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.lab

SERVER_ONLY = ("/security", "/system", "/attackers/lists", "/customers")


@pytest.fixture(scope="module")
def machine() -> Iterator[ServedMachine]:
    """Real pages behind both sockets."""
    with available(), ServedMachine() as served:
        yield served
        assert served.panel.errors == []


@pytest.mark.parametrize(
    ("login", "whm", "own"),
    [
        (
            "root",
            True,
            {"example.test", "addon.test", "customer.test", "mallory.test", "rita.test"},
        ),
        (
            "chief",
            True,
            {"example.test", "addon.test", "customer.test", "mallory.test", "rita.test"},
        ),
        ("rita", True, {"example.test", "addon.test", "mallory.test", "rita.test"}),
        ("rita", False, {"rita.test"}),
        ("anna", False, {"example.test", "addon.test"}),
        ("bert", False, {"customer.test"}),
    ],
)
@pytest.mark.proves("customers", "hostile")
def test_somebody_else_s_domain_does_not_exist(
    machine: ServedMachine, login: str, whm: bool, own: set[str]
) -> None:
    """E4, E5: neither a page nor a form reaches it, nor does it stand in a list."""
    visitor = PanelSession(machine.panel, login, whm=whm)
    listed = visitor.get("/domains").text
    for domain in DOMAINS:
        code = visitor.get(f"/domains/{domain}").code
        if domain in own:
            assert (code, domain in listed) == (200, True)
        else:
            assert (code, domain in listed) == (404, False)
            form = [("country-mode", "off")]
            assert visitor.post(f"/domains/{domain}", form).code in (400, 403, 404)


@pytest.mark.parametrize(("login", "whm"), [("rita", True), ("rita", False), ("anna", False)])
@pytest.mark.parametrize("route", ["/security", "/system", "/attackers/lists"])
@pytest.mark.proves("customers", "hostile")
def test_the_server_s_settings_are_the_administrator_s(
    machine: ServedMachine, login: str, whm: bool, route: str
) -> None:
    """E4."""
    assert PanelSession(machine.panel, login, whm=whm).get(route).code in (403, 404)
    assert PanelSession(machine.panel, "root").get(route).code == 200


@pytest.mark.proves("customers")
def test_a_reseller_without_the_privilege_has_no_entry(machine: ServedMachine) -> None:
    """E2: nor has one who knows the address."""
    rolf, rita = (PanelSession(machine.panel, who) for who in ("rolf", "rita"))
    homes = [who.send("GET", f"{who.token}/", b"", {}).text for who in (rolf, rita)]
    assert ["Mailward" in home for home in homes] == [False, True]
    assert rolf.get("/domains").code == 403
    assert rolf.around().code == 403


@pytest.mark.proves("hostile")
def test_a_form_without_mailward_s_own_token_changes_nothing(machine: ServedMachine) -> None:
    """D4: the panel's token in the address alone is not enough."""
    before = machine.mailward("export")
    for login in ("root", "anna"):
        visitor = PanelSession(machine.panel, login)
        route = "/security" if login == "root" else "/domains/example.test"
        assert visitor.post(route, [("country-mode", "off")]).code in (400, 403, 404, 405)
    assert machine.mailward("export") == before


def test_one_session_s_form_is_not_another_s(machine: ServedMachine) -> None:
    """D4: a form's token is bound to the session at the panel."""
    first, second = (PanelSession(machine.panel, "bert") for _ in range(2))
    page = first.get("/preferences").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token, page
    fields = [("csrf_token", token[1]), ("theme", "dark")]
    route = re.search(r'<form[^>]*method="post"[^>]*action="([^"]+)"', page)
    address = first.address("/preferences") if route is None else route[1].replace("&amp;", "&")
    form = "&".join(f"{name}={value}" for name, value in fields).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert first.send("POST", address, form, kind).code == 303
    other = address.replace(first.token, second.token)
    assert second.send("POST", other, form, kind).code == 400


def test_a_download_has_its_name(machine: ServedMachine) -> None:
    """C4: the log as a table for a spreadsheet."""
    for login in ("root", "anna"):
        answer = PanelSession(machine.panel, login).get("/log/export.csv")
        assert answer.code == 200
        said = answer.header("Content-Disposition")
        assert re.fullmatch(r'attachment; filename="mailward-log-[0-9-]+\.csv"', said)
        assert answer.header("Content-Type").startswith("text/csv")


def test_the_pages_speak_the_account_s_language(machine: ServedMachine) -> None:
    """F5: as chosen in cPanel; the administrator's, who has none there, is the browser's."""
    anna, bert, root = (PanelSession(machine.panel, who) for who in ("anna", "bert", "root"))
    assert '<html lang="de"' in anna.get("/overview").text
    assert '<html lang="en"' in bert.get("/overview", Accept_Language="de").text
    assert '<html lang="de"' in root.get("/dashboard", Accept_Language="de").text


@pytest.mark.parametrize("login", ["root", "anna"])
def test_every_address_in_a_page_leads_back_through_the_panel(
    machine: ServedMachine, login: str
) -> None:
    """Links, forms, pictures, scripts; and each of them is there."""
    visitor = PanelSession(machine.panel, login)
    page = visitor.get("/dashboard" if login == "root" else "/overview").text
    found = {
        address.replace("&amp;", "&")
        for address in re.findall(r'(?:href|src|action)="([^"#][^"]*)"', page)
    }
    assert len(found) > 10
    for address in found:
        assert address.startswith(f"{visitor.prefix}?r=%2F"), address
    for address in sorted(a for a in found if "static" in a):
        answer = visitor.send("GET", address, b"", {})
        assert answer.code == 200
        assert answer.body
