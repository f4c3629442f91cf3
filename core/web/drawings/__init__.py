"""Drawings for the pages: SVG and HTML made on the server, without script, each with its table."""
