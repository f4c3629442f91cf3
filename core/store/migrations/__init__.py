"""The steps that bring a database of any earlier version to the tables of `core.store.schema`.

An upgrade whose daemon does not answer goes back to the release before, which then finds a store
that has taken the new steps. So from 0010 on a step only adds: tables, and columns that may be NULL
or have a default in the database. A step that cannot do with that writes its own number into
`compatibility.oldest`; older releases then leave the store alone.
"""
