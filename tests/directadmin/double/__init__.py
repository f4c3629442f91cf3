"""A whole machine on which a fake DirectAdmin behaves as the real one does.

Facts: facts/directadmin.md 9.
"""
