"""Tests of the scripts alone that carry pages through WHM and Jupiter."""
