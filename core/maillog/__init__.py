"""Reads what mail servers write into their logs: who tried to log in, who sent, what came back.

One parser for each dialect, from a line to a record or nothing. Judges nobody, and keeps neither
passwords nor anything else that a record does not name.
"""
