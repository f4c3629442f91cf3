"""How the packages are made: what `build_packages.py` does, step by step.

Knows archives, wheels and checksums. What a panel's package looks like is said by that panel's
`package.toml`; what happens on the server is said by `core`. Never part of a package itself, but
for `packing/payload`, which unpacks the product where it is installed.
"""
