"""What works where, told by the tests themselves.

A test that proves a promise says so: ``@pytest.mark.proves("connect")``. A run with
``--proof FILE`` writes down which of them passed; from that and from the published minimums
`./dev panels` makes docs/panels.json, docs/panels.md and the table of the README. Nothing of it is
written by hand.
"""
