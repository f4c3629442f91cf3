"""What this server tells one's other servers about its attackers, for a file that they fetch.

The daemon makes the document, because it knows who attacks; see `core.sources.share` for what is in
it. It is a file and no route of the pages: those stand behind the panel, and what programs of other
servers fetch every ten minutes needs nobody's session.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DataError
from core.sources import directory as places

if TYPE_CHECKING:
    from core.desk.desk import Desk


def document(desk: Desk) -> bytes:
    """The document as it is now.

    Raises:
        ControlError: the daemon cannot be reached, or is set to tell nobody.
    """
    return str(desk.control.call("share")["document"]).encode()


def publish(desk: Desk, path: Path) -> None:
    """Write the document where a web server hands it out; readable for everybody.

    Args:
        desk: whose.
        path: the file; it is replaced as a whole.

    Raises:
        ControlError: as `document`; the file stays as it is.
        DataError: the file cannot be written.
    """
    content = document(desk)
    try:
        places.write(path, content, keep=False)
        path.chmod(0o644)
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}") from error
