"""The command line: one module for each group of verbs, loaded when it is asked for."""
