"""Statuses: never logged, always derived from the statements that bear on a thing (domain: kinds, at the
end).

Pure functions over recorded statements. Where a claim's disclosed members matter, the caller puts them back
first.
"""
