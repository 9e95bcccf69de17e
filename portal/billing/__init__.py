"""Rates, norms, interruptions, charges, recalculations, penalties, closings.

Knows meters and the ledger; not how money comes in, nor pages."""
