"""Keeps what happened and what was decided: events, statistics, blocks, settings, audit."""
