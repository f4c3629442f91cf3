"""One pure parser for each published list of networks, and the registry that describes them.

A parser takes the bytes that were downloaded and returns a Feed or raises DataError, whatever the
bytes are. It fetches nothing, keeps nothing and does not judge: `core.sources.acceptance` does.
"""
