"""The data files that come with Mailward, and the scripts that build them.

Nothing imports the scripts (``build_…``) at run time: they need tools of the development
environment.
"""
