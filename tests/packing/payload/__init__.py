"""Tests of what unpacks a package on a server."""
