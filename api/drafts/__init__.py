"""Drafts: a statement as a person writes it, in YAML, with names and labels in place of digests.

Everything here is pure: text and values in, payload and disclosures out. Random salts, the clock and the
look-up of names are passed in.
"""
