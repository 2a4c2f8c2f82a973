"""A witness for transparency logs, written from c2sp.org/tlog-witness with faults on demand."""
