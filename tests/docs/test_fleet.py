"""docs/fleet.md: its script gives two servers the policy of a third."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "fleet.md").read_text("utf-8")

MAILWARD = """\
#!/bin/sh
cd {root} && exec {python} -m core --config "${{SERVER_FILE:-{policy}}}" "$@"
"""

SSH = """\
#!/bin/sh
# -o BatchMode=yes root@SERVER WORDS...: as sshd runs them, in a shell
server=${{3#root@}}
shift 3
if ! [ -d "{folder}/$server" ]; then echo "$server: No route to host" >&2; exit 255; fi
SERVER_FILE="{folder}/$server/mailward.toml" exec sh -c "$*"
"""


class Fleet:
    """Servers that are folders; ssh and mailward lead into them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tools = folder / "tools"
        self.tools.mkdir()
        (script,) = re.findall(r"```sh\n(#!.*?)```", TEXT, re.DOTALL)
        (folder / "push").write_text(script)
        for name in ("policy", "mx1", "mx2"):
            (folder / name).mkdir()
            (folder / name / "mailward.toml").write_text(
                '[paths]\nstate = "s"\nrun = "r"\nlog = "l"\n'
            )
        policy = folder / "policy" / "mailward.toml"
        self._tool("mailward", MAILWARD.format(root=ROOT, python=sys.executable, policy=policy))
        self._tool("ssh", SSH.format(folder=folder))

    def _tool(self, name: str, text: str) -> None:
        (self.tools / name).write_text(text)
        (self.tools / name).chmod(0o755)

    def mailward(self, server: str, *words: str) -> str:
        """Run a command on a server."""
        file = str(self.folder / server / "mailward.toml")
        return self._run([str(self.tools / "mailward"), *words], SERVER_FILE=file)[1]

    def push(self, *servers: str, **environment: str) -> tuple[int, str]:
        """Run the script; its exit code, and what it said."""
        return self._run(["sh", str(self.folder / "push"), *servers], **environment)

    def _run(self, words: list[str], **environment: str) -> tuple[int, str]:
        done = subprocess.run(
            words,
            env={**os.environ, "PATH": f"{self.tools}:{os.environ['PATH']}", **environment},
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.returncode, done.stdout + done.stderr

    def settings(self, server: str) -> dict[str, dict[str, object]]:
        """What is set, by scope."""
        document = msgspec.json.decode(self.mailward(server, "export"))
        return {each["name"]: each["values"] for each in document["scopes"]}


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """Three servers with settings of their own."""
    found = Fleet(tmp_path)
    found.mailward("policy", "set", "send.limit", "77")
    found.mailward("policy", "set", "country.server", "DE")
    found.mailward("policy", "exempt", "add", "192.0.2.0/24", "--comment", "office")
    found.mailward("mx1", "set", "country.server", "AT")
    found.mailward("mx1", "set", "send.watch", "yes")
    found.mailward("mx1", "set", "send.unit", "recipients", "--domain", "example.test")
    return found


def test_the_script_gives_all_of_them_one_policy(fleet: Fleet) -> None:
    """E16: shown first, then made; each keeps its country and its domains."""
    code, said = fleet.push("mx1", "mx2", MAILWARD_PUSH="--dry-run")
    assert code == 0, said
    assert "send.limit for the server: not set -> 77" in said
    assert fleet.settings("mx2") == {}
    code, said = fleet.push("mx1", "mx2")
    assert code == 0, said
    exempt = [{"entry": "192.0.2.0/24", "comment": "office", "expires": 0}]
    policy = {"send.limit": 77, "exempt.addresses": exempt}
    assert fleet.settings("mx1") == {
        "": {**policy, "country.server": "AT"},
        "example.test": {"send.unit": "recipients"},
    }
    assert fleet.settings("mx2") == {"": policy}
    assert "policy-of-" in fleet.mailward("mx2", "audit", "list")


def test_a_server_that_is_away_does_not_keep_the_others_waiting(fleet: Fleet) -> None:
    """And the script's end tells."""
    code, said = fleet.push("mx9", "mx2")
    assert code == 1
    assert "No route to host" in said
    assert fleet.settings("mx2")[""]["send.limit"] == 77
