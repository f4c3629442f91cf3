"""The tables say what the tests proved, and nothing else."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from core.licence.feature import OFFERS, Feature
from tests.proof import __main__ as command
from tests.proof import table
from tests.proof.promise import DOUBLES, MAIL_SERVERS, NAMES, PANELS, PROMISES, STANDALONE, Promise

if TYPE_CHECKING:
    from pathlib import Path

CONNECT = next(promise for promise in PROMISES if promise.name == "connect")

SUITE = command.ROOT / "tests" / "contract" / "panel.py"
"""Tests that panels inherit stand here."""

pytest_plugins = ("pytester",)


@pytest.mark.parametrize(
    ("panel", "proof", "said"),
    [
        ("plesk", {"plesk": {"connect": ["a", "b"]}}, "from 18.0.23 with Postfix; yes, 2 tests"),
        ("plesk", {}, "from 18.0.23 with Postfix; unproven"),
        ("mailenable", {}, "not yet; from 10.35"),
        ("interworx", {}, "not yet"),
    ],
)
def test_a_cell_says_since_when_and_how_it_is_known(
    panel: str, proof: dict[str, dict[str, list[str]]], said: str
) -> None:
    """E8: the minimum is the published one, and what nobody proved is called so."""
    assert table.cell(CONNECT, panel, proof) == said


def test_what_a_panel_is_not_to_have_is_no_gap() -> None:
    """E2, E3: mail servers without hosting have no customers with pages."""
    pages = Promise("customers", "", Feature.CUSTOMER_PAGES)
    assert table.cell(pages, "zimbra", {}) == table.NOWHERE
    assert table.cell(pages, "interworx", {}) == "not yet"


def test_every_panel_has_its_column_and_every_package_its_double() -> None:
    """All six, also those that are only to come."""
    assert len(PANELS) == 6
    head = table.glance({}).splitlines()[0]
    assert head.count("|") == len(PANELS) + 2
    assert {panel for panel in PANELS if table.exists(panel)} == set(DOUBLES)
    assert {promise.feature for promise in PROMISES} <= {*OFFERS, None}


def test_the_document_is_made_of_its_record() -> None:
    """Whoever edits docs/panels.md by hand hears of it."""
    proof = command.read(command.RECORD)
    assert command.DOCUMENT.read_text("utf-8") == table.document(proof)
    readme = command.README.read_text("utf-8")
    assert command.between_marks(readme, table.glance(proof)) == readme


def test_what_is_recorded_are_tests_that_there_are() -> None:
    """And promises and panels that there are; .ci/run holds them against a whole run."""
    proof = command.read(command.RECORD)
    assert set(proof) <= {*PANELS, *MAIL_SERVERS, STANDALONE}
    suite = SUITE.read_text("utf-8")
    for promises in proof.values():
        assert set(promises) <= NAMES
        for test in {test for tests in promises.values() for test in tests}:
            file, _, name = test.partition("::")
            defined = f"def {name.rpartition('::')[2]}("
            assert defined in (command.ROOT / file).read_text("utf-8") or defined in suite, test


PANEL_TESTS = """
import pytest

@pytest.mark.proves("connect", "send")
@pytest.mark.parametrize("x", [1, 2])
def test_good(x): pass

@pytest.mark.proves("login")
@pytest.mark.parametrize("x", [1, 2])
def test_half(x): assert x == 1

@pytest.mark.proves("open")
def test_left_out(): pytest.skip("no server here")

@pytest.mark.proves("open", of="exim")
def test_of_a_mail_server(): pass

@pytest.mark.proves("install")
class TestSuite:
    def test_inherited(self): pass

@pytest.mark.proves("hostile")
class TestContract:
    name = "standalone"
    def test_inherited(self): pass

def test_nothing(): pass
"""

CONFTEST = """
import pytest
from pathlib import Path
from tests.proof.recorder import Recorder, note

def pytest_configure(config):
    config.addinivalue_line("markers", "proves(*promises, of=''): x")
    config.pluginmanager.register(Recorder(Path("build/proof.json")))

def pytest_collection_modifyitems(items):
    note(items)
"""


@pytest.fixture
def panel_tests(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a panel's tests, in a project of its own."""
    monkeypatch.setenv("PYTHONPATH", str(command.ROOT))
    folder = pytester.mkdir("tests") / "plesk"
    folder.mkdir()
    pytester.makeconftest(CONFTEST)
    return folder / "test_x.py"


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_writes_down_what_passed_in_all_its_forms(
    pytester: pytest.Pytester, panel_tests: Path, workers: str
) -> None:
    """A skipped or half failed test proves nothing; workers are of one mind."""
    panel_tests.write_text(PANEL_TESTS)
    run = pytester.runpytest_subprocess("-p", "xdist", "-n", workers, "-p", "no:cacheprovider")
    run.assert_outcomes(passed=7, failed=1, skipped=1)
    file = "tests/plesk/test_x.py"
    assert json.loads((pytester.path / "build" / "proof.json").read_text()) == {
        "exim": {"open": [f"{file}::test_of_a_mail_server"]},
        "plesk": {
            "connect": [f"{file}::test_good"],
            "install": [f"{file}::TestSuite::test_inherited"],
            "send": [f"{file}::test_good"],
        },
        "standalone": {"hostile": [f"{file}::TestContract::test_inherited"]},
    }


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ('"conect"', "there is no promise conect"),
        ("", "there is no promise"),
        ('"connect", of="sendmail"', "of 'sendmail', which is unknown"),
    ],
)
def test_a_mark_that_is_misspelt_is_told(
    pytester: pytest.Pytester, panel_tests: Path, mark: str, said: str
) -> None:
    """Otherwise a proof would be missing, and nobody would see why."""
    panel_tests.write_text(f"import pytest\n@pytest.mark.proves({mark})\ndef test_x(): pass\n")
    run = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    assert run.ret == pytest.ExitCode.USAGE_ERROR
    assert re.search(re.escape(said), run.stderr.str() + run.stdout.str())


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A README, and no tables."""
    for name in ("RECORD", "DOCUMENT", "README"):
        monkeypatch.setattr(command, name, tmp_path / name)
    (tmp_path / "README").write_text(f"before\n{command.BEGIN}\nold\n{command.END}\nafter\n")
    return tmp_path


def test_a_run_that_proves_less_than_the_tables_say_is_told(places: Path) -> None:
    """More than they say is only mentioned: a proof that is new harms nobody."""
    run = places / "run.json"
    run.write_text(json.dumps({"plesk": {"connect": ["t::a", "t::b"]}}))
    runner = CliRunner()
    assert runner.invoke(command.main, ["write", str(run)]).exit_code == 0
    readme = (places / "README").read_text()
    assert readme.startswith(f"before\n{command.BEGIN}\n|")
    assert readme.endswith(f"{command.END}\nafter\n")
    assert "old" not in readme
    assert runner.invoke(command.main, ["check", str(run)]).exit_code == 0
    run.write_text(json.dumps({"plesk": {"connect": ["t::b", "t::c"]}}))
    lost = runner.invoke(command.main, ["check", str(run)])
    assert lost.exit_code == 1
    assert "plesk, connect: t::a" in lost.output
    assert "t::b" not in lost.output


def test_a_readme_without_a_place_for_the_table_is_told(places: Path) -> None:
    """Rather than written over."""
    (places / "README").write_text("nothing\n")
    (places / "run.json").write_text("{}")
    done = CliRunner().invoke(command.main, ["write", str(places / "run.json")])
    assert done.exit_code == 1
    assert "has no lines" in done.output
    assert (places / "README").read_text() == "nothing\n"
