"""Events are found by any of their fields, and followed as they happen."""

from __future__ import annotations

import msgspec
import pytest

from core.words import Reason, Service, Stage, Verdict
from tests.core.cli.desk import Desk
from tests.core.desk import samples

HOUR = 3600


def _fill(desk: Desk) -> None:
    """Five events; the detail of each is its name."""
    with desk.store() as store:
        store.write(
            [
                samples.event(at=samples.NOW - 48 * HOUR, detail="old"),
                samples.event(count=7, last=samples.NOW - 590, detail="storm"),
                samples.login("bob@example.test", detail="bob"),
                samples.login(
                    "jürgen@bücher.test", service=Service.IMAPS, would="country", detail="jürgen"
                ),
                samples.login(
                    "bob@example.test",
                    stage=Stage.SEND,
                    verdict=Verdict.DEFER,
                    reason=Reason.SEND_LIMIT,
                    detail="limit",
                    queue_id="4ABC",
                    at=samples.NOW - 5,
                ),
            ]
        )


@pytest.mark.parametrize(
    ("words", "names"),
    [
        pytest.param("", "limit jürgen bob storm", id="D4 the last day"),
        pytest.param("--since 3d", "limit jürgen bob storm old", id="since"),
        pytest.param("--since 3d --until 1d", "old", id="until"),
        pytest.param("--account *@example.test", "limit bob", id="account"),
        pytest.param("--domain BÜCHER.test", "jürgen", id="domain"),
        pytest.param("--address 203.0.113.0/24", "storm", id="A15 network"),
        pytest.param("--address ::ffff:203.0.113.7", "storm", id="A15 mapped"),
        pytest.param("--country at --country DE", "limit jürgen bob", id="country"),
        pytest.param("--asn AS64500", "storm", id="asn"),
        pytest.param("--stage connect", "storm", id="A4 stage"),
        pytest.param("--service imaps", "jürgen", id="service"),
        pytest.param("--verdict deny --verdict defer", "limit storm", id="verdict"),
        pytest.param("--reason send_limit", "limit", id="D6 reason"),
        pytest.param("--would", "jürgen", id="A20 would"),
        pytest.param("--queue-id 4ABC", "limit", id="D12 queue id"),
        pytest.param("--limit 1", "limit", id="limit"),
        pytest.param("--country FR", "", id="nothing"),
    ],
)
def test_finds(desk: Desk, words: str, names: str) -> None:
    """D4: newest first; several values of one option are any of them."""
    _fill(desk)
    lines = desk("events", "--json", *words.split()).stdout.splitlines()
    assert [msgspec.json.decode(line)["detail"] for line in lines] == names.split()


def test_the_table_tells_all(desk: Desk) -> None:
    """Times, reasons and storms, whole in a pipe."""
    _fill(desk)
    lines = desk("events").stdout.splitlines()
    assert lines[0].split() == [
        *("time", "verdict", "stage", "service", "address", "from", "account", "why", "times")
    ]
    assert "jürgen@bücher.test" in lines[2]
    assert "only watched: country" in lines[2]
    assert lines[4].rstrip().endswith("7")
    assert "There are more than 2" in desk("events", "--limit", "2").stderr


def test_a_long_list_is_read_in_pages(desk: Desk) -> None:
    """The limit may be larger than a page."""
    with desk.store() as store:
        store.write(
            [samples.event(at=samples.NOW - n, last=samples.NOW - n) for n in range(1, 1502)]
        )
    assert len(desk("events", "--json", "--limit", "1500").stdout.splitlines()) == 1500
    assert len(desk("events", "--json", "--limit", "9999").stdout.splitlines()) == 1501


def test_silence_is_explained(desk: Desk) -> None:
    """K5: nothing happened, nothing asked, or nothing running?"""
    result = desk("events")
    assert result.stdout.startswith("No such events since 20")
    assert "does not answer" in result.stderr
    assert not desk.config.state.exists()
    quiet = {"connect": {"asked": 0, "last": 0}}
    for stages, said in ((samples.status()["stages"], "was last asked"), (quiet, "not been asked")):
        answer = samples.status(stages=stages)
        with desk.daemon({"status": lambda _, answer=answer: answer}):  # type: ignore[misc]
            assert said in desk("events").stderr


def test_follows(desk: Desk) -> None:
    """Live, filtered as a search is."""
    told = [samples.event(), samples.login("bob@example.test"), samples.login("al\x1b[2J@x.test")]
    answers = {"follow": lambda _: [msgspec.to_builtins(each) for each in told]}
    with desk.daemon(answers):
        lines = desk("events", "--follow", "--stage", "auth").stdout.splitlines()
        assert len(lines) == 2
        assert "allow auth submission 198.51.100.9 AT bob@example.test" in lines[0]
        assert "al\\x1b[2J@x.test" in lines[1]
        document = desk("events", "--follow", "--json", "--verdict", "deny").stdout
    assert msgspec.json.decode(document)["address"] == "203.0.113.7"


def test_following_needs_the_daemon(desk: Desk) -> None:
    """Exit code 3."""
    assert "cannot be reached" in desk("events", "--follow", code=3).stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--address", "203.0.113"),
        ("--country", "Atlantis"),
        ("--asn", "0"),
        ("--stage", "nowhere"),
        ("--since", "soon"),
        ("--limit", "0"),
    ],
)
def test_wrong_usage_names_the_option(desk: Desk, option: str, value: str) -> None:
    """Exit code 2."""
    assert option in desk("events", option, value, code=2).stderr
