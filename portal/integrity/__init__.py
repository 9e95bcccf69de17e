"""Tamper evidence: daily seals, a chain of hashes over the ledger and the issued receipts (decision 123).

Reads the ledger and the receipts; writes seals only."""
