"""Verification by people who trust no server: bytes in, graded steps out.

`verify_receipt` (in the core) and `verify_bundle` take bytes and do no I/O; `files` and `command` are the
edge that reads files and prints.
"""
