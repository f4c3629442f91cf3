"""Loads the daemon's libraries without those parts of theirs that it has no use for.

They load much just in case: what prints coloured tracebacks, TLS for event loops, the versions of
what is installed. It would take up a seventh of the daemon's memory. A module that stands as None
among the loaded ones is said to be absent (language reference, 5.3.1), and a library that can do
without goes on; one that cannot gets a stand-in with the names that it asks for. Afterwards all of
them can be loaded as ever: webhooks and lists of attackers speak TLS, in threads.

Nothing that was loaded before is touched.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final, NoReturn

_PLAIN_HASHES: Final = ("_md5", "_sha1", "_sha3", "_blake2")
_SHA2: Final = (("_sha2",), ("_sha256", "_sha512"))
"""Python's own hashes, which some distributions leave out; SHA-2 is one module since 3.12."""


def load() -> None:
    """Load them."""
    openssl = {"_hashlib": None} if _has_own_hashes() else {}
    with _instead({"ssl": None, **openssl}):
        import asyncio  # noqa: F401, PLC0415
        import hashlib  # noqa: F401, PLC0415
        import hmac  # noqa: F401, PLC0415
    with _instead({"ssl": _no_tls()}), suppress(ImportError):
        import uvloop  # noqa: F401, PLC0415  not on every platform
    with _instead({"rich": None, "greenlet": None}):
        import structlog  # noqa: F401, PLC0415
    with _instead({"multiprocessing": None, "importlib.metadata": _no_versions()}):
        import maxminddb  # noqa: F401, PLC0415
    with _instead({"greenlet": None, "importlib.metadata": _Later("importlib.metadata")}):
        import sqlalchemy  # noqa: F401, PLC0415


class _Later(ModuleType):
    """A module that is loaded once something is asked of it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


@contextmanager
def _instead(modules: Mapping[str, ModuleType | None]) -> Iterator[None]:
    """Let modules be absent or others for a while, as far as they are not loaded already."""
    table: dict[str, Any] = sys.modules
    put = {name: module for name, module in modules.items() if name not in table}
    table.update(put)
    try:
        yield
    finally:
        for name in put:
            table.pop(name, None)


def _has_own_hashes() -> bool:
    """Whether `hashlib` can do without OpenSSL, which is 3 MB once it is looked into."""

    def has(names: tuple[str, ...]) -> bool:
        return all(find_spec(name) is not None for name in names)

    return has(_PLAIN_HASHES) and any(map(has, _SHA2))


def _no_tls() -> ModuleType:
    """What uvloop asks of `ssl` when it is loaded; no door of ours speaks TLS."""
    module = ModuleType("ssl")
    for name in (
        *("SSLError", "SSLWantReadError", "SSLSyscallError", "SSLZeroReturnError"),
        "CertificateError",
    ):
        setattr(module, name, type(name, (OSError,), {}))
    for name in ("SSLContext", "MemoryBIO"):
        setattr(module, name, type(name, (), {}))
    for number, name in enumerate(("WANT_READ", "WANT_WRITE"), start=2):
        setattr(module, f"SSL_ERROR_{name}", number)
    module.__dict__.update(SSL_ERROR_SYSCALL=5, create_default_context=_refuse)
    return module


def _refuse(*_: object, **__: object) -> NoReturn:
    raise RuntimeError("event loops of this process speak no TLS")


def _no_versions() -> ModuleType:
    """For maxminddb, which looks up its own version and brings half of `email` along for it."""
    module = ModuleType("importlib.metadata")
    module.__dict__["version"] = lambda _: ""
    return module
