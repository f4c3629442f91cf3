"""A feed is brought up to date, or stays as it is (facts 2.1 and 3.4)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import responses
from requests import PreparedRequest

from core.errors import DataError
from core.sources import directory as places
from core.sources import ranges, spf
from core.sources.download import Downloader
from core.sources.feed_update import remove_feed, roll_back_feed, unwanted, update_feed
from core.sources.feeds.registry import FEEDS
from core.sources.progress import UpdateResult
from core.sources.ranges import Ranges

HOUR = 3600
DAY = 24 * HOUR
NOW = 1_800_000_000.0
AWS = FEEDS["aws"].addresses[0]
DROP_V4, DROP_V6 = FEEDS["spamhaus_drop"].addresses
PAGE = FEEDS["azure"].addresses[0]


def aws(*prefixes: str, date: str = "2026-11-19") -> bytes:
    entries = [{"ip_prefix": text, "service": "EC2"} for text in prefixes]
    return json.dumps({"createDate": date, "prefixes": entries, "ipv6_prefixes": []}).encode()


def drop(*prefixes: str, timestamp: int = 1795219200) -> bytes:
    lines = [json.dumps({"cidr": text}) for text in prefixes]
    trailer = {
        "type": "metadata",
        "records": len(lines),
        "timestamp": timestamp,
        "copyright": "(c)",
    }
    return "\n".join([*lines, json.dumps(trailer)]).encode()


def update(
    data: Path, name: str, now: float = NOW, never: tuple[str, ...] = (), force: bool = True
) -> UpdateResult:
    return update_feed(data, name, Downloader(), now, never, force)


def installed(data: Path, name: str) -> Ranges:
    found = ranges.load(data, name)
    assert found is not None
    return found


def test_the_first_list_is_installed(tmp_path: Path, web: responses.RequestsMock) -> None:
    """Feature E18."""
    web.get(AWS, aws("8.8.8.0/24", "10.0.0.0/8"), headers={"ETag": '"1"'})
    result = update(tmp_path, "aws")
    assert (result.outcome, result.vintage, result.entries) == ("updated", "2026-11-19", 1)
    assert installed(tmp_path, "aws") == Ranges(
        *("aws", "2026-11-19", NOW, NOW, NOW, ("8.8.8.0/24",), {}, (('"1"', ""),)),
        note="1 special-purpose prefixes left out",
    )


def test_a_list_that_was_checked_recently_is_left_alone(
    tmp_path: Path, web: responses.RequestsMock
) -> None:
    """Spamhaus and others ask not to be asked too often."""
    web.get(AWS, aws("8.8.8.0/24"))
    update(tmp_path, "aws")
    result = update(tmp_path, "aws", NOW + 3 * HOUR, force=False)
    assert (result.outcome, result.text) == ("skipped", "checked 3 hours ago")
    assert len(web.calls) == 1
    assert update(tmp_path, "aws", NOW + 21 * HOUR, force=False).outcome == "unchanged"


ABUSEIPDB = FEEDS["abuseipdb"].addresses[0]


def test_a_key_is_sent_in_the_header_of_the_list(
    tmp_path: Path, web: responses.RequestsMock
) -> None:
    """Facts 3.2."""
    web.get(ABUSEIPDB, json.dumps({"data": [{"ipAddress": "8.8.8.8"}]}))
    update_feed(tmp_path, "abuseipdb", Downloader(), NOW, key="k3y")
    sent = web.calls[0].request.headers
    assert (sent["Key"], sent["Accept"]) == ("k3y", "application/json")
    assert installed(tmp_path, "abuseipdb").prefixes == ("8.8.8.8/32",)


def test_without_its_key_a_list_is_not_asked(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"set lists\.abuseipdb_key"):
        update(tmp_path, "abuseipdb")


def test_a_list_without_a_key_is_told_none(tmp_path: Path, web: responses.RequestsMock) -> None:
    web.get(FEEDS["greensnow"].addresses[0], b"8.8.8.8\n")
    update_feed(tmp_path, "greensnow", Downloader(), NOW, key="k3y")
    assert "k3y" not in str(web.calls[0].request.headers)


def test_a_clock_that_was_set_back_does_not_stop_updates(
    tmp_path: Path, web: responses.RequestsMock
) -> None:
    web.get(AWS, aws("8.8.8.0/24"))
    update(tmp_path, "aws")
    assert update(tmp_path, "aws", NOW - 400 * DAY, force=False).outcome == "unchanged"


def test_what_the_provider_calls_unchanged_stays(
    tmp_path: Path, web: responses.RequestsMock
) -> None:
    web.get(AWS, aws("8.8.8.0/24"), headers={"ETag": '"1"'})
    update(tmp_path, "aws")
    web.upsert("GET", AWS, status=304)
    assert update(tmp_path, "aws", NOW + DAY).outcome == "unchanged"
    assert web.calls[1].request.headers["If-None-Match"] == '"1"'
    found = installed(tmp_path, "aws")
    assert (found.fetched, found.checked, found.changed) == (NOW, NOW + DAY, NOW)


def test_the_same_entries_again_have_not_changed(
    tmp_path: Path, web: responses.RequestsMock
) -> None:
    """A frozen list must grow stale although its server answers every day (facts 3.4)."""
    web.get(AWS, aws("8.8.8.0/24"))
    update(tmp_path, "aws")
    update(tmp_path, "aws", NOW + DAY)
    found = installed(tmp_path, "aws")
    assert (found.fetched, found.changed) == (NOW + DAY, NOW)
    assert not places.previous_path(places.ranges_path(tmp_path, "aws")).exists()


def test_a_new_date_is_a_change(tmp_path: Path, web: responses.RequestsMock) -> None:
    web.get(AWS, aws("8.8.8.0/24"))
    update(tmp_path, "aws")
    web.upsert("GET", AWS, aws("8.8.8.0/24", date="2026-11-20"))
    assert update(tmp_path, "aws", NOW + DAY).outcome == "updated"
    assert installed(tmp_path, "aws").changed == NOW + DAY


@pytest.mark.parametrize(
    "answer",
    [
        {"body": b""},
        {"body": b"<html>Sorry</html>"},
        {"body": aws("0.0.0.0/0")},
        {"body": aws("8.8.8.0/24")},
        {"body": aws(*(f"8.8.{i}.0/24" for i in range(200)))},
        {"body": aws("10.0.0.0/8")},
        {"body": b"x" * (33 << 20)},
        {"status": 500},
        {"status": 302, "headers": {"Location": "http://evil.example/"}},
    ],
    ids=["empty", "html", "world", "shrunk", "grown", "special", "50 MB", "500", "redirect"],
)
def test_a_bad_answer_is_refused_and_the_good_list_stays(
    tmp_path: Path, web: responses.RequestsMock, answer: dict[str, object]
) -> None:
    """Facts 2.2: hostile variants."""
    web.get(AWS, aws(*(f"8.8.{i}.0/24" for i in range(50))))
    update(tmp_path, "aws")
    before = installed(tmp_path, "aws")
    web.upsert("GET", AWS, **answer)  # type: ignore[arg-type]  # any of the answers above
    with pytest.raises(DataError):
        update(tmp_path, "aws", NOW + DAY)
    assert installed(tmp_path, "aws") == before


def test_a_size_that_stays_for_two_weeks_is_believed(
    tmp_path: Path, web: responses.RequestsMock
) -> None:
    web.get(AWS, aws(*(f"8.8.{i}.0/24" for i in range(50))))
    update(tmp_path, "aws")
    web.upsert("GET", AWS, aws("8.8.8.0/24"))
    with pytest.raises(DataError, match="holds 1 entries"):
        update(tmp_path, "aws", NOW + 13 * DAY)
    assert update(tmp_path, "aws", NOW + 15 * DAY).entries == 1


def test_a_damaged_file_here_does_not_stop_updates(
    tmp_path: Path, web: responses.RequestsMock
) -> None:
    path = places.ranges_path(tmp_path, "aws")
    path.parent.mkdir()
    path.write_bytes(b"nonsense")
    web.get(AWS, aws("8.8.8.0/24"))
    assert update(tmp_path, "aws").outcome == "updated"


class TestTwoAddresses:
    """Spamhaus DROP lies in two files that make one list."""

    def test_they_are_joined(self, tmp_path: Path, web: responses.RequestsMock) -> None:
        web.get(DROP_V4, drop("8.8.8.0/24"), headers={"ETag": '"4"'})
        web.get(DROP_V6, drop("2600::/24"), headers={"ETag": '"6"'})
        assert update(tmp_path, "spamhaus_drop").entries == 2
        found = installed(tmp_path, "spamhaus_drop")
        assert found.prefixes == ("8.8.8.0/24", "2600::/24")
        assert (found.vintage, found.note) == ("2026-11-21", "(c)")
        assert found.tags == (('"4"', ""), ('"6"', ""))

    def test_if_one_changed_both_are_fetched(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        self.test_they_are_joined(tmp_path, web)

        def answer(request: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
            known = request.headers.get("If-None-Match") == '"4"'
            return (304, {}, b"") if known else (200, {}, drop("8.8.8.0/24"))

        web.remove("GET", DROP_V4)
        web.add_callback("GET", DROP_V4, answer)
        web.upsert("GET", DROP_V6, drop("2600::/24", "2601::/24"))
        assert update(tmp_path, "spamhaus_drop", NOW + DAY).entries == 3
        assert installed(tmp_path, "spamhaus_drop").prefixes[0] == "8.8.8.0/24"

    def test_if_one_fails_the_good_list_stays(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        self.test_they_are_joined(tmp_path, web)
        web.upsert("GET", DROP_V6, status=500)
        with pytest.raises(DataError, match="answered 500"):
            update(tmp_path, "spamhaus_drop", NOW + DAY)
        assert installed(tmp_path, "spamhaus_drop").count == 2

    def test_entries_that_cover_our_own_side_are_left_out(
        self, tmp_path: Path, web: responses.RequestsMock
    ) -> None:
        web.get(DROP_V4, drop("8.8.8.0/24", "9.9.9.0/24"))
        web.get(DROP_V6, drop("2600::/24"))
        update(tmp_path, "spamhaus_drop", never=("9.9.9.9", "2600::1"))
        found = installed(tmp_path, "spamhaus_drop")
        assert found.prefixes == ("8.8.8.0/24",)
        assert found.note == "(c); 2 that cover own or exempt addresses left out"


def test_a_cloud_may_cover_this_very_server(tmp_path: Path, web: responses.RequestsMock) -> None:
    """A server at Amazon is local to itself, and its neighbours are in the cloud all the same."""
    web.get(AWS, aws("8.8.8.0/24"))
    assert update(tmp_path, "aws", never=("8.8.8.8",)).entries == 1


def test_a_feed_that_moves_is_found(tmp_path: Path, web: responses.RequestsMock) -> None:
    file = "https://download.microsoft.com/download/7/ServiceTags_Public_20261116.json"
    tag = {"name": "AzureCloud", "properties": {"addressPrefixes": ["20.26.0.0/16"]}}
    web.get(PAGE, f'<a href="{file}">')
    web.get(file, json.dumps({"changeNumber": 7, "values": [tag]}))
    assert update(tmp_path, "azure").vintage == "change 7"


def test_a_feed_whose_page_says_nothing_fails(tmp_path: Path, web: responses.RequestsMock) -> None:
    web.get(PAGE, "<html>The page moved</html>")
    with pytest.raises(DataError, match="names no ServiceTags_Public file"):
        update(tmp_path, "azure")


def test_mail_relays_come_from_the_dns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts 2.5."""
    monkeypatch.setattr(spf, "txt_records", lambda _: ["v=spf1 ip4:74.125.0.0/16 ~all"])
    assert update(tmp_path, "google_spf").entries == 1
    assert installed(tmp_path, "google_spf").prefixes == ("74.125.0.0/16",)


def test_an_unknown_feed_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no feed called 'nobody_s'"):
        update(tmp_path, "nobody_s")


def test_an_answer_to_a_question_that_was_not_asked_is_an_error(
    tmp_path: Path, web: responses.RequestsMock
) -> None:
    web.get(AWS, status=304)
    with pytest.raises(DataError, match="nothing is here"):
        update(tmp_path, "aws")


def test_rolling_back_and_forth(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no copy before"):
        roll_back_feed(tmp_path, "aws")
    ranges.save(tmp_path, Ranges("aws", "1", prefixes=("8.8.8.0/24",)))
    ranges.save(tmp_path, Ranges("aws", "2", prefixes=("9.9.9.0/24", "8.8.8.0/24")))
    assert (roll_back_feed(tmp_path, "aws").vintage, installed(tmp_path, "aws").count) == ("1", 1)
    assert (roll_back_feed(tmp_path, "aws").vintage, installed(tmp_path, "aws").count) == ("2", 2)


def test_a_name_that_is_no_feed_leads_nowhere(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no copy before"):
        roll_back_feed(tmp_path, "../../etc/passwd")


def test_feeds_that_are_not_wanted_are_found_and_removed(tmp_path: Path) -> None:
    for _ in range(2):
        ranges.save(tmp_path, Ranges("aws"))
        ranges.save(tmp_path, Ranges("linode"))
    assert unwanted(tmp_path, ["aws", "azure"]) == ("linode",)
    assert remove_feed(tmp_path, "linode").outcome == "removed"
    assert unwanted(tmp_path, ["aws", "azure"]) == ()
    assert sorted(path.name for path in (tmp_path / "ranges").iterdir()) == [
        "aws.json",
        "aws.json.1",
    ]
