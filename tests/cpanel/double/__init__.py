"""A stand-in for cPanel & WHM, with as much of it as facts are known (facts/cpanel.md 11)."""
