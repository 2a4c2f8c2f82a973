"""Read side: one module per view, rows with a position, statuses folded when read (docs/decisions/0005)."""
