"""Takes the pictures of docs/install-directadmin.md, from the double with our built package.

`python -m tests.directadmin.pictures` writes all of PICTURES anew below docs/directadmin/.
"""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

from tests.directadmin.conftest import make_packages
from tests.directadmin.double.da_web import DirectAdminWeb
from tests.directadmin.double.server import DirectAdminServer
from tests.directadmin.visitor import visit
from tests.pages.browser import running_browser
from tests.pages.panel_pictures import BUDGET, live, octets, take

FOLDER: Final = Path(__file__).parents[2] / "docs/directadmin"
PICTURES: Final = {
    "administrator": ("evolution", "admin", ""),
    "countries": ("evolution", "admin", "Countries"),
    "enhanced": ("enhanced", "rita", ""),
    "customer": ("evolution", "bert", "customer.test"),
}
"""Name -> in which skin, who looks, and at which page."""


def main() -> int:
    """Take all of them; 1 when something is wrong, which is told."""
    wrong = []
    with (
        tempfile.TemporaryDirectory(prefix="mailward-pictures-") as place,
        DirectAdminServer() as server,
        DirectAdminWeb(server.root.resolve()) as panel,
        running_browser() as browser,
    ):
        installer, _ = make_packages(Path(place), 1)
        sys.stdout.write(server.install(installer).stdout)
        live(server)
        for name, (skin, who, title) in PICTURES.items():
            panel.skin = skin
            there = partial(visit, panel=panel, who=who)
            wrong += take(browser, FOLDER / f"{name}.png", there, title)
        sys.stdout.write(server.mailward("doctor", check=False).stdout)
    if octets(FOLDER) > BUDGET:
        wrong.append(f"{octets(FOLDER)} octets are more than {BUDGET}")
    sys.stderr.write("".join(f"{line}\n" for line in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
