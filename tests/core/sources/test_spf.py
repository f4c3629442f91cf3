"""SPF records, collected from the DNS."""

from __future__ import annotations

import dns.exception
import dns.resolver
import dns.rrset
import pytest

from core.errors import DataError
from core.sources import spf
from core.sources.feeds import google_spf

REAL = spf.txt_records
RECORDS = {
    "_spf.example.com": ["v=spf1 include:a.example.com include:b.example.com ~all"],
    "a.example.com": ["verification=1", "v=spf1 ip4:8.8.8.0/24 include:b.example.com ~all"],
    "b.example.com": ["V=SPF1 ip6:2600::/24 ~all"],
    "none.example.com": ["verification=1"],
    "two.example.com": ["v=spf1 ip4:8.8.8.8 -all", "v=spf1 ip4:9.9.9.9 -all"],
    "circle.example.com": ["v=spf1 include:circle.example.com ip4:8.8.8.8 -all"],
    "gone.example.com": ["v=spf1 include:nowhere.example.com -all"],
    **{f"{i}.trap.example.com": [f"v=spf1 include:{i + 1}.trap.example.com"] for i in range(20)},
}


@pytest.fixture(autouse=True)
def _zone(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(name: str) -> list[str]:
        if name not in RECORDS:
            raise DataError(f"{name} cannot be resolved")
        return RECORDS[name]

    monkeypatch.setattr(spf, "txt_records", answer)


def test_included_records_are_collected_once() -> None:
    payload = spf.collect("_spf.example.com")
    assert len(payload.splitlines()) == 3
    prefixes = [str(prefix) for prefix in google_spf.parse(payload).prefixes]
    assert prefixes == ["8.8.8.0/24", "2600::/24"]


def test_a_record_that_includes_itself_ends() -> None:
    assert len(spf.collect("circle.example.com").splitlines()) == 1


@pytest.mark.parametrize(
    ("domain", "reason"),
    [
        ("none.example.com", "has 0 SPF records"),
        ("two.example.com", "has 2 SPF records"),
        ("gone.example.com", "nowhere.example.com cannot be resolved"),
        ("0.trap.example.com", "refers to too many others"),
    ],
)
def test_what_is_no_sound_policy_is_an_error(domain: str, reason: str) -> None:
    """RFC 7208 3.2 and 4.6.4."""
    with pytest.raises(DataError, match=reason):
        spf.collect(domain)


class TestTxtRecords:
    """The question to the system's resolver."""

    def test_the_strings_of_a_record_are_joined(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """RFC 7208 3.3: without a blank between them."""
        zone = dns.rrset.from_text(
            "x.example.", 60, "IN", "TXT", '"v=spf1 ip4:8.8." "8.0/24 -all"', '"other"'
        )
        monkeypatch.setattr(dns.resolver, "resolve", lambda *_, **__: zone)
        assert REAL("x.example") == ["v=spf1 ip4:8.8.8.0/24 -all", "other"]

    @pytest.mark.parametrize(
        "fault",
        [
            dns.resolver.NXDOMAIN,
            dns.exception.Timeout,
            dns.resolver.NoNameservers,
            dns.exception.DNSException,
            OSError,
        ],
    )
    def test_no_answer_is_an_error(
        self, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise fault

        monkeypatch.setattr(dns.resolver, "resolve", fail)
        with pytest.raises(DataError, match=r"x\.example cannot be resolved"):
            REAL("x.example")
