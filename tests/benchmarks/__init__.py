"""Benchmarks: ratios measured within one run, on real HTTP, real PostgreSQL and durable settings.

They print figures and write JSON; they never pass or fail by time (`make bench`, `make bench-quick`).
"""
