"""The vendor's own tool: it makes signing keys and issues licence keys.

Never part of a package (pyproject.toml packs `core` only): whoever has a private key can issue
licences. Run it as `python -m vendor` on a machine of the vendor's.
"""
