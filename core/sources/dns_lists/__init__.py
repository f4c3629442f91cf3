"""Lists that are asked by the DNS, one address at a time (facts/data_sources.md 3.1)."""
