"""Programs written from the specifications alone: they import nothing of the ledger (import-linter)."""
