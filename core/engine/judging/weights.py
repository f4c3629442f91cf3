"""How much what was tried weighs: the numbers by which the judge judges.

One try of an account in use weighs 1 where nothing else is known. They were chosen with the
simulation (``./dev bench quality``) for honest people first: none of them may be refused.
"""

from __future__ import annotations

from typing import Final

LONGEST: Final = 30 * 86_400.0
"""Seconds that a refusal lasts at most."""

GROWTH: Final = 4
"""How many times longer each further refusal of a place is."""

UNUSED: Final = 3.0
"""Weight of an account that nobody was seen to use; of one in use it is 1."""

FEWEST: Final = 3
"""Different tries that an address must have made before it is taken for an attacker the first time,
where nobody else attacks the account: two new mailboxes with a typing mistake each are a person."""

STRANGE: Final = 1.5
"""Weight of an account in use that is tried from a provider from which nobody logs in to it."""

VISITED: Final = 0.25
"""Part of the weight that remains where the account has logged in once, or was at home with the
same provider: a phone goes through many addresses of one."""

ATTACKED: Final = 2.0
"""How much more an attacked account weighs, and each further password of it: three of its owner's
at a strange place make an attacker, one of a name that nobody owns."""

AGAIN: Final = 0.4
"""Part of the mark at which a place that was refused before is refused again."""

LUCKY: Final = 2 / 3
"""Part of the mark from which on a right password was guessed, not known."""

FADED: Final = 0.3
"""What points may have lost on the way to the mark: three tries an hour apart are three tries."""

RESIDENT: Final = 2.0
MOST_RESIDENTS: Final = 12
"""By how much each account that is at home at a place raises the mark there, up to so many."""

NETWORK: Final = 2.0
NETWORK_UNKNOWN: Final = 6.0
NETWORK_ADDRESSES: Final = 3
"""A network's mark, in marks of an address, more as long as nobody knows who is at home there; and
the addresses that must have tried at least."""

SYSTEM_NETWORKS: Final = 16
SYSTEM_RESIDENTS: Final = 3
"""Networks with attackers that make a system one, and the accounts at home there that forbid it."""

CROWD: Final = 5
"""Accounts at home in a network from which on a name is awaited before any of it is refused, and
twice as much is needed: a mobile carrier's customers share addresses, and change them all day."""

NAMED: Final = 86_400.0
"""Seconds after a report of Dovecot's in which it is expected to tell names before the password. As
long as it does, a question without a name may be answered leniently: it is not the last one."""
