"""First steps: what the company fills in before its first receipts, and how far it is."""
