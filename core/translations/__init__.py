"""What people read, in other languages: one gettext catalogue a language, for pages and mails.

The catalogues (``de/LC_MESSAGES/messages.po``) are written by people and are there compiled
(``messages.mo``), so that a fresh clone needs no build. ``./dev messages`` keeps both in step with
the sources.
"""
