"""What a party runs on its own machine: key files, the HTTP client, the signed files and the receipts."""
