"""Downloads from servers that are slow, wrong or hostile."""

from __future__ import annotations

import io
import logging
from base64 import b64encode

import pytest
import requests
import responses
import urllib3

from core.errors import DataError
from core.sources import download
from core.sources.download import Downloader, Fetched, Missing
from core.sources.progress import UpdateResult

URL = "https://lists.example.net/list.json"
OTHER = "https://storage.example.org/signed?signature=s3cr3t"


def fetch(url: str = URL, *, cap: int = 1000, **options: object) -> tuple[bytes, Fetched | None]:
    sink = io.BytesIO()
    fetched = Downloader(("t0k/n",)).fetch("list", url, sink, cap=cap, **options)  # type: ignore[arg-type]  # a test may pass any
    return sink.getvalue(), fetched


def test_content_and_tags_arrive(web: responses.RequestsMock) -> None:
    web.get(URL, b"content", headers={"ETag": '"e"', "Last-Modified": "Mon"})
    assert fetch() == (b"content", Fetched('"e"', "Mon"))


def test_what_is_known_is_not_fetched_again(web: responses.RequestsMock) -> None:
    web.get(
        URL,
        status=304,
        match=[
            responses.matchers.header_matcher(
                {
                    "If-None-Match": '"e"',
                    "If-Modified-Since": "Mon",
                }
            )
        ],
    )
    assert fetch(known=Fetched('"e"', "Mon")) == (b"", None)


def test_nothing_is_asked_conditionally_the_first_time(web: responses.RequestsMock) -> None:
    web.get(URL, b"content")
    fetch()
    headers = web.calls[0].request.headers
    assert "If-None-Match" not in headers
    assert "If-Modified-Since" not in headers
    assert str(headers["User-Agent"]).startswith("mailward/")


@pytest.mark.parametrize("status", [404, 410])
def test_a_missing_file_is_told_apart(web: responses.RequestsMock, status: int) -> None:
    web.get(URL, status=status)
    with pytest.raises(Missing, match=r"https://lists\.example\.net/list\.json does not exist"):
        fetch()


@pytest.mark.parametrize("status", [201, 206, 400, 401, 403, 429, 500, 503])
def test_any_other_status_is_an_error(web: responses.RequestsMock, status: int) -> None:
    web.get(URL, b"sorry", status=status)
    with pytest.raises(DataError, match=f"answered {status}"):
        fetch()


def test_a_body_that_announces_too_much_is_not_read(web: responses.RequestsMock) -> None:
    web.get(URL, b"x" * 1001, auto_calculate_content_length=True)
    sink = io.BytesIO()
    with pytest.raises(DataError, match="larger than 1000 bytes"):
        Downloader().fetch("list", URL, sink, cap=1000)
    assert sink.getvalue() == b""


def test_a_body_that_never_ends_is_cut_off(web: responses.RequestsMock) -> None:
    """Facts 2.2: a body of 50 MB."""
    web.get(URL, b"x" * 50_000_000)
    sink = io.BytesIO()
    with pytest.raises(DataError, match="larger than 100000 bytes"):
        Downloader().fetch("list", URL, sink, cap=100_000)
    assert len(sink.getvalue()) <= 100_000


def test_a_body_that_drips_for_ever_is_cut_off(
    web: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.get(URL, b"x" * 500)
    monkeypatch.setattr(download, "TOTAL_SECONDS", -1)
    with pytest.raises(DataError, match="took longer than"):
        fetch()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(web: responses.RequestsMock, status: int) -> None:
    web.get(URL, status=status, headers={"Location": OTHER})
    web.get(OTHER, b"content")
    assert fetch()[0] == b"content"


def test_a_relative_redirect_is_followed(web: responses.RequestsMock) -> None:
    web.get(URL, status=302, headers={"Location": "/other"})
    web.get("https://lists.example.net/other", b"content")
    assert fetch()[0] == b"content"


def test_credentials_stay_with_the_host_that_was_named(web: responses.RequestsMock) -> None:
    """Facts 1.7: MaxMind redirects to a signed URL of somebody else's."""
    web.get(URL, status=302, headers={"Location": "https://lists.example.net/other"})
    web.get("https://lists.example.net/other", status=302, headers={"Location": OTHER})
    web.get(OTHER, b"content")
    fetch(auth=("17", "k3y"))
    sent = [call.request.headers.get("Authorization") for call in web.calls]
    basic = "Basic " + b64encode(b"17:k3y").decode()
    assert sent == [basic, basic, None]


def test_so_does_a_key_in_a_header(web: responses.RequestsMock) -> None:
    """AbuseIPDB's key."""
    web.get(URL, status=302, headers={"Location": OTHER})
    web.get(OTHER, b"content")
    fetch(headers={"Key": "k3y"})
    assert [call.request.headers.get("Key") for call in web.calls] == ["k3y", None]


def test_passwords_of_the_users_netrc_are_not_sent(
    web: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    file = f"{tmp_path}/netrc"
    with open(file, "w") as netrc:  # noqa: PTH123 - the name goes into the environment as text
        netrc.write("machine lists.example.net login me password mine\n")
    monkeypatch.setenv("NETRC", file)
    web.get(URL, b"content")
    fetch()
    assert "Authorization" not in web.calls[0].request.headers


@pytest.mark.parametrize(
    "target", ["http://lists.example.net/list.json", "ftp://x.example/", "file:///etc/passwd"]
)
def test_nothing_but_https_is_followed(web: responses.RequestsMock, target: str) -> None:
    web.get(URL, status=302, headers={"Location": target})
    with pytest.raises(DataError, match="which is not https"):
        fetch()


def test_nothing_but_https_is_asked(web: responses.RequestsMock) -> None:
    with pytest.raises(DataError, match="which is not https"):
        fetch("http://lists.example.net/list.json")


def test_a_circle_of_redirects_ends(web: responses.RequestsMock) -> None:
    web.get(URL, status=302, headers={"Location": URL})
    with pytest.raises(DataError, match="more than 5 other places"):
        fetch()
    assert len(web.calls) == 6


@pytest.mark.parametrize("location", ["https://[", "https://x:y/", "https://\x00/", "//"])
def test_a_nonsensical_redirect_is_an_error(web: responses.RequestsMock, location: str) -> None:
    web.get(URL, status=302, headers={"Location": location})
    with pytest.raises(DataError):
        fetch()


FAULTS = [
    requests.ConnectionError("https://x/?token=t0k/n refused"),
    requests.exceptions.SSLError("bad certificate, t0k%2Fn"),
    requests.Timeout("t0k/n"),
    requests.exceptions.ChunkedEncodingError("cut t0k/n"),
    urllib3.exceptions.ProtocolError("t0k/n"),
    OSError("t0k/n"),
    ValueError("t0k/n"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_fault_is_a_clear_error_without_secrets(
    web: responses.RequestsMock, fault: Exception
) -> None:
    web.get(URL, body=fault)
    with pytest.raises(DataError, match=r"\*\*\*") as caught:
        fetch(f"{URL}?token=t0k%2Fn")
    text = str(caught.value)
    assert text.startswith("https://lists.example.net/list.json: ")
    assert "t0k" not in text
    # A traceback would print the cause, and the URL with it.
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("status", [404, 500])
def test_an_error_shows_no_query(web: responses.RequestsMock, status: int) -> None:
    web.get(OTHER, status=status)
    with pytest.raises(DataError) as caught:
        fetch(OTHER)
    assert "s3cr3t" not in str(caught.value)


def test_the_log_of_the_library_shows_no_secret(
    web: responses.RequestsMock, caplog: pytest.LogCaptureFixture
) -> None:
    """It writes every URL when debugging."""
    logger = logging.getLogger("urllib3.connectionpool")

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        logger.debug('%s "GET %s"', "https://ipinfo.io:443", "/data?token=t0k%2Fn")
        return 200, {}, "content"

    web.add_callback(responses.GET, URL, answer)
    with caplog.at_level(logging.DEBUG, logger="urllib3.connectionpool"):
        fetch()
    assert caplog.messages == ['https://ipinfo.io:443 "GET /data?token=***"']
    assert logger.filters == []


def test_whoever_watches_is_told_about_bytes(web: responses.RequestsMock) -> None:
    told: list[tuple[str, object]] = []

    class Watcher:
        def plan(self, names: tuple[str, ...]) -> None:
            told.append(("plan", names))

        def begin(self, name: str, total: int | None) -> None:
            told.append((name, total))

        def advance(self, name: str, size: int) -> None:
            told.append((name, size))

        def end(self, result: UpdateResult) -> None:
            told.append(("end", result))

    web.get(URL, b"x" * 100_000, auto_calculate_content_length=True)
    Downloader(progress=Watcher()).fetch("list", URL, io.BytesIO(), cap=200_000)
    assert told[0] == ("list", 100_000)
    assert sum(int(str(size)) for _, size in told[1:]) == 100_000
