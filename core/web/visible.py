"""Takes out of a page what nobody sees and somebody else may have written.

Control characters have no meaning in HTML, and those that turn the direction of writing around make
a name look like another (Unicode Technical Report 36, section 2.6). Marks that Arabic and Hebrew
need for single letters stay.
"""

from __future__ import annotations

import re
from typing import Final

from werkzeug.wrappers import Response

_CONTROLS: Final = bytes({*range(32), 127} - {9, 10, 13})
_TURNS: Final = re.compile(rb"\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
"""U+202A to U+202E and U+2066 to U+2069, in UTF-8."""

_UNKNOWN: Final = "\ufffd".encode()


def visible(response: Response) -> Response:
    """The answer; a page without what nobody sees."""
    if response.mimetype == "text/html" and not response.is_streamed:
        before = response.get_data()
        after = _TURNS.sub(_UNKNOWN, before.translate(None, _CONTROLS))
        if after != before:
            response.set_data(after)
    return response
