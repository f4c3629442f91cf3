"""Why a server could not be reached, in words: the library's own text is for its makers."""

from __future__ import annotations

from typing import Final

import urllib3

_WORDS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (
        urllib3.exceptions.NameResolutionError,
        "its name cannot be resolved; is there a name server, and a way to the internet?",
    ),
    (urllib3.exceptions.NewConnectionError, "the connection was refused, or there is no way there"),
    (urllib3.exceptions.ConnectTimeoutError, "it does not answer"),
    (urllib3.exceptions.ReadTimeoutError, "it stopped answering"),
    (urllib3.exceptions.ProxyError, "the proxy does not let it through"),
    (urllib3.exceptions.SSLError, "its certificate is not good, or a proxy put in its own"),
)
"""In this order: some are kinds of those that follow."""


def in_words(error: Exception) -> str:
    """Why, for people; "" where the error's own text says it best.

    Args:
        error: as requests raises it; what urllib3 knows lies inside (`MaxRetryError.reason`).
    """
    cause: object = error
    for _ in range(3):
        for kind, words in _WORDS:
            if isinstance(cause, kind):
                return words
        inner = getattr(cause, "reason", None)
        args = getattr(cause, "args", ())
        cause = inner if inner is not None else (args[0] if args else None)
    return ""
