"""Times as options take them."""

from __future__ import annotations

import click

from core.desk.moment import read
from core.errors import SettingError


class Moment(click.ParamType[float]):
    """A point in time: a date, a date and time, or a length of time before or after now.

    Args:
        ahead: lengths lie after now (``--expires 7d``) and not before it (``--since 2h``).
    """

    name = "time"

    def __init__(self, *, ahead: bool = False) -> None:
        self._ahead = ahead

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds since 1970 of what was typed."""
        if isinstance(value, (int, float)):
            return float(value)
        try:
            return read(str(value), ahead=self._ahead)
        except SettingError as error:
            self.fail(str(error), param, ctx)
