"""The append-only ledger of what each account owes: entries, checkpoints, balances.

Knows accounts; not why an entry was made (a source is a reference)."""
