"""The accountant's money: payments, refunds, registries, the unidentified, reconciliation, duplicates."""
