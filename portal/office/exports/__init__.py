"""Export of charges, receipts, debts and payments to files for bookkeeping programs."""
