"""Rates, norms, interruptions, charges, recalculations, penalties, runs, receipts.

Knows meters and the ledger; not how money comes in, nor pages."""
