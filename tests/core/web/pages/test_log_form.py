"""Choices, quick searches and what is searched for, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from core.web.pages.log_form import choices, quick, tags, unfolds
from core.web.pages.log_search import Search, read
from core.words import Reason, Service, Stage
from tests.core.web.rig import Pages


@pytest.fixture(autouse=True)
def in_a_request(pages: Pages) -> Iterator[None]:
    with pages.app.test_request_context("/log"):
        yield


def asked(said: Mapping[str, str]) -> Search:
    """What an address asks."""
    return read(said, None, 1_767_268_800.0)


def test_every_word_can_be_chosen_and_has_a_name() -> None:
    """D4."""
    found = choices(asked({}))
    assert set(found["reason"]) == {reason.value for reason in Reason}
    assert set(found["stage"]) == {stage.value for stage in Stage}
    assert set(found["service"]) == {service.value for service in Service}
    assert found["country"]["DE"] == "Germany"
    assert all(title for values in found.values() for title in values.values())


def test_several_countries_of_a_link_stay_chosen() -> None:
    assert choices(asked({"country": "DE,AT"}))["country"]["DE,AT"] == "Germany, Austria"


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ({}, "Everything"),
        ({"period": "7d"}, "Everything"),
        ({"result": "stopped"}, "Only refusals"),
        ({"result": "watched", "period": "hour"}, "Only watched"),
        ({"result": "stopped", "country": "DE"}, ""),
    ],
)
def test_the_quick_search_that_is_shown_is_marked(said: dict[str, str], title: str) -> None:
    found = quick(asked(said))
    assert "".join(each.title for each in found if each.is_here) == title


def test_a_quick_search_keeps_the_period() -> None:
    found = {each.title: each.address for each in quick(asked({"period": "7d", "country": "DE"}))}
    assert found["Only refusals"] == "/log?period=7d&result=stopped"


def test_tags_say_in_words_what_is_searched_for_and_lead_to_the_search_without_it() -> None:
    said = {
        "account": "*@a.example",
        "country": "de",
        "reason": "country",
        "stage": "auth",
        "service": "imaps",
        "result": "refused",
    }
    found = {tag.title: tag for tag in tags(asked(said))}
    assert {title: tag.value for title, tag in found.items()} == {
        "Account": "*@a.example",
        "Country": "Germany",
        "Reason": "country not allowed",
        "When it is asked": "after the password",
        "Service": "IMAP with TLS (993)",
        "Result": "Refused",
    }
    rest = "account=*@a.example&result=refused&reason=country&service=imaps&country=de"
    assert set(found["When it is asked"].address.removeprefix("/log?").split("&")) == set(
        rest.split("&")
    )


@pytest.mark.parametrize(
    ("said", "open_"),
    [
        ({}, False),
        ({"account": "bob", "result": "refused", "address": "nonsense"}, False),
        ({"queue": "4X"}, True),
        ({"from": "2026-01-01"}, True),
    ],
)
def test_fields_unfold_when_one_of_them_is_used(said: dict[str, str], open_: bool) -> None:
    assert unfolds(asked(said)) is open_
