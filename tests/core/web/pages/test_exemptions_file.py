"""Lists of exemptions that come in and go out as files (E16)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.web.rig import Browser, Pages

ALPHA = ("domain", "alpha.example")
LIST = "192.0.2.1, office\nnonsense\n# remark\n2001:db8::/32\n*.example.test\n"


def _entries(pages: Pages, scope: tuple[str, str] = ("server", "")) -> list[dict[str, Any]]:
    found = pages.parts.store.settings.all().get(scope, {}).get("exempt.addresses", [])
    assert isinstance(found, list)
    return found


def _import(browser: Browser, do: str, text: str = LIST, **fields: str) -> Any:
    form = {"list": "addresses", "text": text, "do": do, **fields}
    return browser.post("/exemptions/import", form)


def test_every_bad_line_is_named_and_nothing_is_changed(pages: Pages) -> None:
    text = _import(pages.admin, "look").text
    assert '<td class="mw-number">2</td>' in text
    assert '<td class="mw-number">5</td>' in text
    assert "nonsense" in text
    assert "192.0.2.1, office" in text  # what was pasted stays
    assert _entries(pages) == []


def test_good_lines_only(pages: Pages) -> None:
    answer = _import(pages.admin, "good", comment="from the old server")
    assert "2 entries imported." in pages.admin.follow(answer).text
    assert [(each["entry"], each["comment"]) for each in _entries(pages)] == [
        ("192.0.2.1", "office"),
        ("2001:db8::/32", "from the old server"),
    ]


def test_bad_line_stops_all(pages: Pages) -> None:
    assert _import(pages.admin, "all").status_code == 422
    assert _entries(pages) == []


@pytest.mark.parametrize(
    "text",
    [
        "trusted_networks 192.0.2.1 2001:db8::/32\n",
        "192.0.2.1\r\n2001:db8::/32\r\n",
        "entry,comment,expires\n192.0.2.1,,\n2001:db8::/32,,2090-01-01\n",
    ],
)
def test_forms_that_are_understood(pages: Pages, text: str) -> None:
    assert _import(pages.admin, "all", text).status_code == 303
    assert [each["entry"] for each in _entries(pages)] == ["192.0.2.1", "2001:db8::/32"]


def test_again_changes_nothing(pages: Pages) -> None:
    _import(pages.admin, "good")
    assert (
        "Everything was in the list already."
        in pages.admin.follow(_import(pages.admin, "good")).text
    )


def test_customers_import_into_their_own(pages: Pages) -> None:
    """E22"""
    assert _import(pages.customer, "good", where="alpha.example").status_code == 303
    assert len(_entries(pages, ALPHA)) == 2
    for where in ("", "delta.example"):
        assert _import(pages.customer, "good", where=where).status_code == 422
    assert _import(pages.customer, "good", list="send").status_code == 404
    assert pages.parts.store.settings.all().keys() == {ALPHA}


def test_nothing_pasted(pages: Pages) -> None:
    assert "Paste a list, or choose a file." in _import(pages.admin, "look", " ").text


def test_hostile_list_is_escaped(pages: Pages) -> None:
    text = _import(pages.admin, "look", "</textarea><script>x\n192.0.2.1,<script>y\n").text
    assert "<script>" not in text


def test_twenty_thousand_lines(pages: Pages) -> None:
    text = "\n".join(f"10.{n // 250}.{n % 250}.0/24" for n in range(20_000))
    page = _import(pages.admin, "look", text).text
    assert "Import 20000 entries" in page
    assert _import(pages.admin, "all", text).status_code == 303
    assert len(_entries(pages)) == 20_000


def test_export_comes_back(pages: Pages) -> None:
    _import(pages.admin, "good")
    answer = pages.admin.get("/exemptions/export", form="csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert 'filename="mailward-exempt-addresses.csv"' in answer.headers["Content-Disposition"]
    assert answer.text == "entry,comment,expires\n192.0.2.1,office,\n2001:db8::/32,,\n"
    assert pages.admin.get("/exemptions/export", form="lst").text == "192.0.2.1\n2001:db8::/32\n"
    assert pages.admin.get("/exemptions/export", form="xls").status_code == 404


def test_customers_export_their_own(pages: Pages) -> None:
    """E22"""
    _import(pages.admin, "good")
    _import(pages.customer, "all", "203.0.113.5\n", where="alpha.example")
    assert pages.customer.get("/exemptions/export", form="lines").text == "203.0.113.5\n"
