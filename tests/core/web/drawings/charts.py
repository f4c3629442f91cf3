"""Charts for tests, with words that show where each came from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from core.web.drawings.caption import Caption
from core.web.drawings.chart import Chart, ChartWords
from core.web.drawings.scale import Number
from core.web.drawings.timeline import Column
from core.web.drawings.tone import Layer, Tone

START = datetime(2026, 3, 14, tzinfo=UTC)
WORDS = ChartWords(
    number=lambda value: f"n{value}",
    moment=lambda when: f"<{when:%d %H:%M}>",
    tick=lambda when: f"{when:%H}h",
    time="when",
    unknown="unknown",
)
LAYERS = (Layer(Tone.ALLOWED, "in"), Layer(Tone.REFUSED, "<out>"))


def chart(*values: tuple[Number, ...] | None, **wishes: Any) -> Chart:
    """A chart of one column for each hour."""
    columns = tuple(
        Column(START + timedelta(hours=place), value) for place, value in enumerate(values)
    )
    wanted: dict[str, Any] = {
        "caption": Caption("c", "Logins"),
        "words": WORDS,
        "layers": LAYERS,
        "columns": columns,
        "height": 100,
    }
    return Chart(**{**wanted, **wishes})
