"""Pages for reviewers and submitters, rendered on the server; README.md tells how they are made."""
