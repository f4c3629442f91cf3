"""A double of Plesk: a whole machine of the lab on which a fake Plesk behaves as the real one.

Built from facts/plesk.md, section 13: real PHP, Postfix, Dovecot and Python; stub SDK classes that
are absent where an older Plesk lacks them; a `plesk` command whose verbs do what Plesk's do. What
only a real Plesk could show is in docs/unproven.md.
"""
