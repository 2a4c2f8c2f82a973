"""The verifier: its distribution, its steps, and what it says of bundles with one defect each."""
