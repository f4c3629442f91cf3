from __future__ import annotations

from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from core.mta.knock import Door, Visit, port_number, random_loopback
from core.system.host import Host
from tests.core.mta.greeters import Greeter

SERVICES = """\
smtp  25/tcp mail
submissions 465/tcp ssmtp smtps urd # Submission over TLS [RFC8314]
submission 2587/udp
submission 1587/tcp
"""


@pytest.mark.parametrize(
    ("name", "port"),
    [
        ("587", 587),
        ("smtp", 25),
        ("smtps", 465),
        ("submission", 1587),
        ("imaps", 993),
        ("unheard-of", None),
    ],
)
def test_a_service_name_is_what_the_machine_says(
    tmp_path: Path, name: str, port: int | None
) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/services").write_text(SERVICES)
    assert port_number(Host(tmp_path), name) == port


def test_without_the_machines_list_the_known_ports_count(tmp_path: Path) -> None:
    assert port_number(Host(tmp_path), "submission") == 587


def test_a_visit_hears_the_greeting_and_knows_its_own_port() -> None:
    with Greeter("220 hello") as server, Visit(Door("smtp", "127.0.0.1", server.port)) as visit:
        assert visit.greeting == "220 hello"
        assert server.clients == [str(visit.source_port)]


def test_a_proxied_door_is_told_who_comes() -> None:
    with Greeter(proxied=True) as server:
        door = Door("smtp", "127.0.0.1", server.port, proxied=True)
        with Visit(door, "127.9.8.7") as visit:
            header = f"PROXY TCP4 127.9.8.7 127.0.0.1 {visit.source_port} {server.port}"
            assert server.heard == [header]


def test_a_server_that_hangs_up_says_nothing() -> None:
    with Greeter("") as server, Visit(Door("smtp", "127.0.0.1", server.port)) as visit:
        assert visit.greeting == ""


def test_nobody_there_is_an_error() -> None:
    with Greeter() as server:
        port = server.port
    with pytest.raises(ConnectionRefusedError):
        Visit(Door("smtp", "127.0.0.1", port))


def test_the_random_source_is_on_loopback_and_not_the_usual_one() -> None:
    drawn = {random_loopback() for _ in range(200)}
    assert len(drawn) > 100
    assert all(ip_address(each) in ip_network("127.0.0.0/8") for each in drawn)
    assert "127.0.0.1" not in drawn
