"""Who attacks this server, judged by what was tried and by whom it was tried.

Distinct accounts and distinct passwords count, never raw attempts: a phone with an old password
says the same thing a thousand times. Pure: no I/O, and every clock is passed in.
"""
