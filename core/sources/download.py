"""Fetches a file from a server that may be slow, wrong or hostile.

Bounded in bytes and in time, HTTPS only, and nothing secret is sent to anyone but the host that was
named, or shown to anyone at all. What the bytes mean is for others to check.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import BinaryIO, Final
from urllib.parse import quote, urljoin, urlsplit

import requests
import urllib3
from msgspec import Struct

from core import __version__
from core.errors import DataError
from core.sources.progress import Progress, Silent
from core.sources.unreachable import in_words

CONNECT_SECONDS: Final = 10
READ_SECONDS: Final = 60
"""How long the server may be silent."""

TOTAL_SECONDS: Final = 900
"""How long one download may take, however steadily it drips."""

MOST_REDIRECTS: Final = 5
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_CHUNK: Final = 64 * 1024
_AGENT: Final = f"mailward/{__version__}"

Credentials = tuple[str, str]


class Missing(DataError):
    """The server says that there is no such file."""


class Fetched(Struct, frozen=True):
    """What the server says about a file that was fetched.

    Attributes:
        tag: its ETag, "" without one.
        modified: its Last-Modified, "" without one.
    """

    tag: str = ""
    modified: str = ""


class _Private:
    """What only the host that was named is told."""

    def __init__(self, auth: Credentials | None, headers: Mapping[str, str] | None) -> None:
        self.auth = auth
        self.headers = dict(headers or {})


class Downloader:
    """Fetches files one after another, over connections that it keeps."""

    def __init__(self, secrets: tuple[str, ...] = (), progress: Progress | None = None) -> None:
        """Begin without connections.

        Args:
            secrets: keys and tokens that must not appear in any text.
            progress: whom to tell about bytes.
        """
        self._secrets = tuple(filter(None, secrets))
        self._progress = progress or Silent()
        self._session = requests.Session()

    def fetch(
        self,
        name: str,
        url: str,
        sink: BinaryIO,
        *,
        cap: int,
        auth: Credentials | None = None,
        headers: Mapping[str, str] | None = None,
        known: Fetched | None = None,
    ) -> Fetched | None:
        """Fetch one file; None when the server has nothing newer than what is known.

        Args:
            name: what to call it towards whoever watches.
            url: must be https, and so must everything that it leads to.
            sink: where the bytes go.
            cap: refuse more bytes than this.
            auth: user and password for the host in the URL, and for no other.
            headers: what else is said to that host, and to no other, such as a key.
            known: what the server said about the copy that is here already.

        Raises:
            Missing: the server says 404 or 410.
            DataError: anything else went wrong. No text of an error holds a secret.
        """
        try:
            with _redacted_log(self.redact):
                private = _Private(auth, headers)
                return self._fetch(name, url, sink, cap, private, known or Fetched())
        except (
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            OSError,
            ValueError,
        ) as error:
            reason = in_words(error) or self.redact(f"{type(error).__name__}: {error}")
            # The original error quotes the URL, and with it perhaps a token.
            raise DataError(f"{_place(url)}: {reason}") from None

    def redact(self, text: str) -> str:
        """Return a text without the secrets, in plain or in URL spelling."""
        for secret in self._secrets:
            text = text.replace(secret, "***").replace(quote(secret, safe=""), "***")
        return text

    def _fetch(
        self,
        name: str,
        url: str,
        sink: BinaryIO,
        cap: int,
        private: _Private,
        known: Fetched,
    ) -> Fetched | None:
        deadline = time.monotonic() + TOTAL_SECONDS
        with self._follow(url, private, known) as response:
            if response.status_code == requests.codes.not_modified:
                return None
            if response.status_code in (requests.codes.not_found, requests.codes.gone):
                raise Missing(f"{_place(url)} does not exist")
            if response.status_code != requests.codes.ok:
                raise DataError(f"{_place(url)} answered {response.status_code}")
            expected = response.headers.get("Content-Length", "")
            total = int(expected) if expected.isascii() and expected.isdecimal() else None
            if total is not None and total > cap:
                raise DataError(f"{_place(url)} is larger than {cap} bytes")
            self._progress.begin(name, total)
            received = 0
            for chunk in response.iter_content(_CHUNK):
                received += len(chunk)
                if received > cap:
                    raise DataError(f"{_place(url)} is larger than {cap} bytes")
                if time.monotonic() > deadline:
                    raise DataError(f"{_place(url)} took longer than {TOTAL_SECONDS} seconds")
                sink.write(chunk)
                self._progress.advance(name, len(chunk))
            headers = response.headers
            return Fetched(headers.get("ETag", ""), headers.get("Last-Modified", ""))

    def _follow(self, url: str, private: _Private, known: Fetched) -> requests.Response:
        """Ask, and go where the answer points, without taking credentials to another host."""
        headers = {"User-Agent": _AGENT}
        if known.tag:
            headers["If-None-Match"] = known.tag
        if known.modified:
            headers["If-Modified-Since"] = known.modified
        here = url
        for _ in range(MOST_REDIRECTS + 1):
            if urlsplit(here).scheme != "https":
                raise DataError(f"{_place(url)} leads to {_place(here)}, which is not https")
            trusted = urlsplit(here).netloc == urlsplit(url).netloc
            response = self._session.get(
                here,
                headers={**headers, **private.headers} if trusted else headers,
                # Without any, requests would look for a password in the user's .netrc.
                auth=private.auth if trusted and private.auth else _anonymous,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                stream=True,
                allow_redirects=False,
            )
            location = response.headers.get("Location", "")
            if response.status_code not in _REDIRECTS or not location:
                return response
            response.close()
            here = urljoin(here, location)
        raise DataError(f"{_place(url)} leads to more than {MOST_REDIRECTS} other places")


def _anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _place(url: str) -> str:
    """Return a URL without what may be secret in it: user, password, query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


@contextmanager
def _redacted_log(redact: Callable[[str], str]) -> Iterator[None]:
    """Keep secrets out of the log of the library below, which notes every URL when debugging."""

    def rewrite(record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), ()
        return True

    logger = logging.getLogger("urllib3.connectionpool")
    logger.addFilter(rewrite)
    try:
        yield
    finally:
        logger.removeFilter(rewrite)
