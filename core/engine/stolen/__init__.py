"""What a stolen account looks like: where it logs in from, and how it sends. Pure: no I/O.

Learns from observations (`core.engine.observation`) and gives signals; what is done about them is
the daemon's business.
"""
