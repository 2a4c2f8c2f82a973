"""Acceptance: the program as its users run it, from the command line, against real databases."""
