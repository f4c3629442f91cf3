"""The vendor's command: from a key pair to a licence key that a server takes."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.licence.key import LicenceKey, read
from core.licence.tier import Tier
from vendor.__main__ import vendor

DAY = 86_400


class Office:
    """Runs the command with a key pair of its own."""

    def __init__(self, directory: Path) -> None:
        self.private = directory / "private.pem"
        line = self("keypair", str(self.private), "--no-passphrase").stdout
        name, _, octets = line.strip().rstrip(",").partition(": ")
        self.public = {name.strip('"'): octets.strip('"')}

    def __call__(self, *words: str, code: int = 0, text: str = "") -> Result:
        """Run it, and make sure that it ends with this code."""
        result = CliRunner().invoke(vendor, list(words), input=text)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    def issue(self, *words: str) -> LicenceKey:
        """Issue a key, and read it as a server would."""
        return read(self("issue", str(self.private), *words).stdout, self.public)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """The vendor's office."""
    return Office(tmp_path)


def test_a_key_says_what_was_ordered(office: Office) -> None:
    """E10: everything that a key can carry."""
    key = office.issue(
        *("--tier", "PLUS", "--panel", "plesk", "--host", "Mail.Example.test."),
        *("--customer", "Müller & Söhne", "--from", "2027-01-01", "--until", "2028-01-01"),
        *("--grace", "30"),
    )
    assert key == LicenceKey(
        number=1,
        tier=Tier.PLUS,
        panel="plesk",
        server="host:mail.example.test",
        customer="Müller & Söhne",
        issued=1_798_761_600,
        expires=1_830_297_600,
        grace_days=30,
    )


@pytest.mark.parametrize(
    ("panel", "tier", "named"),
    [("zimbra", "PLUS", "zimbra"), ("cpanel", "PRO", "cpanel"), ("any", "PRO", "")],
)
def test_the_full_tier_is_meant_when_none_is_named(
    office: Office, panel: str, tier: str, named: str
) -> None:
    """E7: PLUS for the pure mail servers, PRO elsewhere."""
    before = int(time.time())
    key = office.issue("--panel", panel, "--customer", "x", "--days", "31")
    assert (key.tier, key.panel, key.server) == (tier, named, "")
    assert before <= key.issued <= time.time()
    assert key.expires == key.issued + 31 * DAY


def test_keys_are_bound_to_machines_and_have_numbers(office: Office) -> None:
    """E10: and may have no end."""
    words = ("--panel", "plesk", "--customer", "x", "--for-ever")
    office.issue(*words)
    key = office.issue(*words, "--machine", "0123456789ABCDEF0123")
    assert (key.number, key.server, key.expires) == (2, "machine:0123456789abcdef0123", 0)
    assert office.private.with_name("private.pem.issued").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "one of --until, --days and --for-ever"),
        (("--days", "3", "--for-ever"), "one of --until, --days and --for-ever"),
        (("--until", "2020-01-01"), "would end before it begins"),
        (("--until", "tomorrow"), "no date like 2027-12-31"),
        (("--days", "3", "--host", "a", "--machine", "b"), "not to both"),
    ],
)
def test_orders_that_make_no_sense_are_refused(
    office: Office, words: tuple[str, ...], said: str
) -> None:
    """Nothing is written down."""
    order = ("issue", str(office.private), "--panel", "plesk", "--customer", "x", *words)
    assert said in office(*order, code=2).output
    assert not office.private.with_name("private.pem.issued").exists()


def test_a_customers_name_has_an_end(office: Office) -> None:
    """A key that no program would take is not issued."""
    words = ("--panel", "plesk", "--days", "3", "--customer")
    said = office("issue", str(office.private), *words, "x" * 201, code=2)
    assert "at most 200 characters" in said.output
    assert office.issue(*words, "x").number == 1


def test_says_when_the_program_does_not_know_the_key(office: Office) -> None:
    """Customers could not use what it signs."""
    words = ("issue", str(office.private), "--panel", "plesk", "--customer", "x", "--days", "3")
    assert "public_keys.py does not know" in office(*words).stderr


def test_a_passphrase_is_asked_for(tmp_path: Path, office: Office) -> None:
    """Twice when it is new, once when it is needed."""
    private = str(tmp_path / "protected.pem")
    office("keypair", private, text="horse\nhorse\n")
    order = ("issue", private, "--panel", "plesk", "--customer", "x", "--days", "3")
    assert "MW1-" in office(*order, text="horse\n").stdout
    assert "passphrase is wrong" in office(*order, text="donkey\n", code=1).output


def test_a_private_key_is_not_overwritten(office: Office) -> None:
    """In one line, without a traceback."""
    again = office("keypair", str(office.private), "--no-passphrase", code=1)
    assert "is not overwritten" in again.output


def test_a_key_is_read_back(office: Office) -> None:
    """What a customer sends in can be looked at."""
    words = ("--panel", "plesk", "--customer", "Example", "--from", "2027-01-01", "--days", "1")
    text = office("issue", str(office.private), *words).stdout
    ((name, octets),) = office.public.items()
    page = office("read", "-", "--public", f"{name}:{octets}", text=text).stdout
    assert "customer    Example" in page
    assert "expires     2027-01-02" in page
    assert "does not know" in office("read", text, code=1).output


def test_the_tool_is_in_no_package() -> None:
    """Whoever has it and a private key can issue licences."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert project["tool"]["setuptools"]["packages"]["find"]["include"] == ["core*"]
