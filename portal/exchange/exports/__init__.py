"""Files for bookkeeping programs and Excel: charges, receipts, debts and payments of some months, made by jobs."""
