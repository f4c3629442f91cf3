"""Decides: a request, the facts about its address and the settings go in, a decision comes out.

Pure: no sockets, no files, no clock of its own.
"""
