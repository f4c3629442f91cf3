"""A whole machine on which a fake DirectAdmin behaves as the real one does (facts/directadmin.md 9)."""
