"""Takes the pictures of docs/install-cpanel.md, from the double of cPanel with our built package.

`python -m tests.cpanel.pictures` writes all of PICTURES anew below docs/cpanel/.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

from tests.cpanel.conftest import make_package
from tests.cpanel.double.server import CpanelServer
from tests.cpanel.visitor import visit
from tests.pages.browser import running_browser
from tests.pages.panel_pictures import BUDGET, live, octets, take

FOLDER: Final = Path(__file__).parents[2] / "docs/cpanel"
PICTURES: Final = {
    "administrator": ("root", ""),
    "countries": ("root", "Countries"),
    "reseller": ("rita", ""),
    "customer": ("bert", "customer.test"),
}
"""Name -> who looks, and at which page."""


def main() -> int:
    """Take all of them; 1 when something is wrong, which is told."""
    wrong = []
    with (
        tempfile.TemporaryDirectory(prefix="mailward-pictures-") as place,
        CpanelServer() as server,
        running_browser() as browser,
    ):
        sys.stdout.write(server.install(make_package(Path(place), 1)).stdout)
        live(server)
        for name, (who, title) in PICTURES.items():
            there = partial(visit, panel=server.panel, who=who)
            wrong += take(browser, FOLDER / f"{name}.png", there, title)
        sys.stdout.write(server.mailward("doctor", check=False).stdout)
    if octets(FOLDER) > BUDGET:
        wrong.append(f"{octets(FOLDER)} octets are more than {BUDGET}")
    sys.stderr.write("".join(f"{line}\n" for line in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
