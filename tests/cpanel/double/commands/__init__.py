"""The double's cPanel commands; they run inside the machine, with its own Python.

Only the standard library, and nothing else of this project: it is copied into machines, see
`tests.lab.managed.lay_program`. What each reads, does and prints is in facts/cpanel.md 11; where
they are careless, so are the real ones.
"""
