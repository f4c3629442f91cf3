"""A small stand-in for systemd, for machines of the lab: it runs inside, with the machine's Python.

`serve` runs services, watches paths, and listens to `systemctl`, which is the same program. It does
what our units ask for: users, groups, runtime directories, the notify protocol, restarts,
one-shots, path units. Sandboxing directives are accepted and have no effect; timers never fire by
themselves. Only the standard library, and nothing else of this project: it is copied into machines,
with its folders, see `tests.lab.managed`.
"""
