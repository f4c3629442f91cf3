"""The demo's daemon: the real one, in a process of its own, `python -m demo.daemon CONFIG NOTICES`.

Two things differ from `mailward serve`. It ends when the demo's process ends, however that ends.
And the mail to the administrator is laid into a folder: a demo must not send mail.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from pathlib import Path

from core.errors import MailwardError
from core.main import serve
from core.notify.block_notice import compose
from core.settings.config import load
from core.settings.model import Settings
from core.store.block import Block
from demo import cast
from demo.child import ends_with_its_parent
from demo.panel import HosterPanel


def main(config_file: str, notices: str) -> int:
    """Run it; returns an exit code."""
    if not ends_with_its_parent():
        return 0
    try:
        serve(load(config_file), HosterPanel(), into(Path(notices)))
    except MailwardError as error:
        print(f"mailward: {error}", file=sys.stderr)
        return 1
    return 0


def into(folder: Path) -> Callable[[Block, Settings, Collection[str]], None]:
    """What lays notices into a folder, each a mail in a file of its own (RFC 5322)."""

    def tell(block: Block, settings: Settings, told: Collection[str]) -> None:
        recipient = settings.notify.address
        if not recipient or recipient in told:
            return
        mail = compose(block, recipient, f"mail.{cast.ADMINISTRATOR.partition('@')[2]}")
        file = folder / f"{int(block.started)}-{block.account}.eml"
        temporary = file.with_suffix(".new")
        temporary.write_bytes(mail.as_bytes())
        temporary.replace(file)

    return tell


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
