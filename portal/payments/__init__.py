"""Gateways, payments, refunds, bank registries, reconciliation.

Knows billing and the ledger; not who shows it."""
