"""Legends say what colours mean."""

from __future__ import annotations

from core.web.drawings.tone import Layer, Tone, layer_legend, swatch
from tests.core.web.drawings.svg import having, parse, words


def test_layers_are_named() -> None:
    layers = (Layer(Tone.ALLOWED, "erlaubt"), Layer(Tone.REFUSED, "<abgewiesen>"))
    tree = parse(layer_legend(layers))
    assert words(tree, "span") == ["erlaubt", "<abgewiesen>"]
    assert len(having(tree, "mw-fill-allowed")) == len(having(tree, "mw-fill-refused")) == 1


def test_a_sample_is_decoration() -> None:
    svg = parse(swatch(""))[0]
    assert svg.get("aria-hidden") == "true"
    assert list(svg) == []
