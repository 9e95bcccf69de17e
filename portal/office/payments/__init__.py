"""The accountant's money: payments, refunds, bank files, the unidentified, reconciliation, duplicates."""
