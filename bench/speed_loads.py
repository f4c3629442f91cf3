"""What is asked of the servers: requests as mail servers write them, and how many at once."""

from __future__ import annotations

from msgspec import Struct

POLICY_REQUEST = """request=smtpd_access_policy
protocol_state={stage}
protocol_name=ESMTP
client_address={ip}
client_name=unknown
client_port={port}
reverse_client_name=unknown
server_address=192.0.2.1
server_port=587
helo_name=client{n}.example.test
sender={user}
recipient=rcpt{n}@dest{m}.test
recipient_count=1
queue_id=
instance=
size=2048
etrn_domain=
stress=
sasl_method=PLAIN
sasl_username={user}
sasl_sender=
ccert_subject=
ccert_issuer=
ccert_fingerprint=
ccert_pubkey_fingerprint=
encryption_protocol=TLSv1.3
encryption_cipher=TLS_AES_256_GCM_SHA384
encryption_keysize=256
policy_context=

"""
"""As Postfix 3.7 writes it, without `instance`: each request is counted as a mail of its own."""

CONNECT = POLICY_REQUEST.replace("{stage}", "CONNECT")
AUTH = POLICY_REQUEST.replace("{stage}", "RCPT")
SEND = POLICY_REQUEST.replace("{stage}", "END-OF-MESSAGE")

QUEUED = SEND.replace("queue_id=\ninstance=\n", "queue_id={serial}\ninstance=1f2a.{serial}.0\n")
"""As Postfix writes it at the end of a message: each mail is known by its queue id, and each is an
event of its own, until the bound of a minute."""

DOVECOT = (
    '{"device_id":"","login":"{user}","protocol":"smtp","pwhash":"{hash}","remote":"{ip}",'
    '"tls":true,"policy_reject":false}'
)

SETTINGS: dict[str, object] = {
    "country.mode": "refuse",
    "country.list": "RU,CN,KP",
    "network.cloud": "watch",
    "exempt.addresses": "192.0.2.0/24,198.51.100.0/24,2001:db8::/32,AS64500",
    "send.limit": 1_000_000,
}
"""Every check has something to look at; no account of the load trips its window."""


POOL = ("-P", "8192", "-U", "8000")
"""5,100 people with 8,192 addresses, the same in each load, as the dice fall."""


class Load(Struct, frozen=True):
    """One way to load a server.

    Attributes:
        name: as printed.
        request: what is asked, with the load generator's fields.
        arguments: of the load generator.
        http: on the Dovecot wire.
    """

    name: str
    request: str = SEND
    arguments: tuple[str, ...] = POOL
    http: bool = False


LOADS = (
    Load("connect: address, networks, country, journal", CONNECT),
    Load("auth: the same with the account's rules", AUTH),
    Load("send: window counted, journal"),
    Load("Dovecot: connect and auth in one question", DOVECOT, http=True),
    Load("send, a connection for each request", arguments=("-k", "1", *POOL)),
    Load("send, 64 connections that reconnect", arguments=("-k", "1", "-c", "64", *POOL)),
    Load("send, each by its queue id", QUEUED),
)
"""Those whose processor time is compared. The last fills a minute's events up to their bound."""

PACED = (
    Load("send, 16 busy connections"),
    Load("send, 200 requests a second", arguments=("-r", "200", "-c", "32", *POOL)),
)
"""Those whose latency is."""


def distinct(accounts: int, rate: float = 0) -> Load:
    """Each mail of an account and an address of its own, until there have been so many.

    Args:
        accounts: how many; then the first comes again.
        rate: mails a second, 0 for as fast as it goes.
    """
    arguments = ("-f", "-P", str(accounts), *(("-r", str(rate)) if rate else ()))
    return Load(f"send, {accounts:,} accounts and addresses", arguments=arguments)
