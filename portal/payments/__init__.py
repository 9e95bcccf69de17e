"""Gateways, payments, refunds, bank payment files, reconciliation.

Knows billing and the ledger; not who shows it."""
