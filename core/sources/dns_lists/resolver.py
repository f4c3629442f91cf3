"""Asks the server's own name server: within a budget, and never a public one.

Lists refuse public resolvers, because they cannot tell who asks; asking one would look like a list
that lists nobody, or everybody.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import dns.asyncresolver
import dns.exception
import dns.resolver

from core.errors import DataError
from core.net.addresses import parse

BUDGET: Final = 0.3
"""Seconds that one question may take in all."""

_RESOLV_CONF: Final = Path("/etc/resolv.conf")
_BEHIND_STUB: Final = Path("/run/systemd/resolve/resolv.conf")
_STUBS: Final = frozenset({"127.0.0.53", "127.0.0.54"})
"""systemd-resolved answers here, and asks whoever stands in its own file (resolved.conf(5))."""

PUBLIC: Final = frozenset(
    {
        # Google, Cloudflare, Quad9, OpenDNS
        *("8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844"),
        *("1.1.1.1", "1.0.0.1", "1.1.1.2", "1.0.0.2", "1.1.1.3", "1.0.0.3"),
        *("2606:4700:4700::1111", "2606:4700:4700::1001"),
        *("9.9.9.9", "149.112.112.112", "9.9.9.10", "149.112.112.10", "9.9.9.11"),
        *("149.112.112.11", "2620:fe::fe", "2620:fe::9", "2620:fe::10", "2620:fe::11"),
        *("208.67.222.222", "208.67.220.220", "2620:119:35::35", "2620:119:53::53"),
        # Level 3, Verisign, AdGuard, CleanBrowsing, Control D, DNS.WATCH, DNS4EU
        *("4.2.2.1", "4.2.2.2", "4.2.2.3", "4.2.2.4", "64.6.64.6", "64.6.65.6"),
        *("94.140.14.14", "94.140.15.15", "185.228.168.9", "185.228.169.9"),
        *("76.76.2.0", "76.76.10.0", "84.200.69.80", "84.200.70.40"),
        *("86.54.11.100", "86.54.11.200"),
        # Yandex, AliDNS, DNSPod, 114DNS
        *("77.88.8.8", "77.88.8.1", "223.5.5.5", "223.6.6.6", "119.29.29.29"),
        *("114.114.114.114", "114.114.115.115"),
    }
)
"""Resolvers for everybody, that lists of this kind refuse."""


class Resolver:
    """Asks name servers for addresses.

    Args:
        servers: addresses of name servers.
        port: theirs.
        budget: seconds that one question may take in all.
    """

    def __init__(self, servers: list[str], port: int = 53, budget: float = BUDGET) -> None:
        self._resolver = dns.asyncresolver.Resolver(configure=False)
        self._resolver.nameservers = servers
        self._resolver.port = port
        self._resolver.lifetime = self._resolver.timeout = budget

    async def ask(self, name: str) -> frozenset[str]:
        """The IPv4 addresses of a name; none when it does not exist.

        Args:
            name: absolute, with the dot at its end.

        Raises:
            DataError: nobody knows; the text says why, and holds no part of the name, in which a
                key may stand.
        """
        try:
            answer = await self._resolver.resolve(name, "A", search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return frozenset()
        except dns.resolver.LifetimeTimeout:
            raise DataError("its name servers did not answer in time") from None
        except dns.resolver.NoNameservers:
            raise DataError("its name servers failed, or refuse this server") from None
        except (dns.exception.DNSException, OSError, EOFError) as error:
            raise DataError(f"it cannot be asked: {type(error).__name__}") from None
        return frozenset(str(record) for record in answer.rrset or ())


def system(conf: Path = _RESOLV_CONF, behind: Path = _BEHIND_STUB) -> Resolver:
    """A resolver that asks the server's own name servers.

    Args:
        conf: where they stand.
        behind: where those stand that systemd-resolved asks.

    Raises:
        DataError: there are none, or public ones only.
    """
    found = _servers(conf)
    if found and set(found) <= _STUBS and (upstream := _servers(behind)):
        if set(upstream) <= PUBLIC:
            raise _are_public(upstream)
        return Resolver(found)
    own = [server for server in found if server not in PUBLIC]
    if not own:
        raise _are_public(found) if found else DataError(f"{conf} names no name server")
    return Resolver(own)


def _are_public(servers: list[str]) -> DataError:
    return DataError(
        f"this server asks the public resolver {servers[0]}, which these lists refuse; run a "
        "resolver of its own, such as unbound"
    )


def _servers(conf: Path) -> list[str]:
    try:
        lines = conf.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    words = (line.split() for line in lines)
    named = (parse(each[1]) for each in words if len(each) > 1 and each[0] == "nameserver")
    return [address.text for address in named if address is not None]
