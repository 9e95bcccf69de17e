"""People, logins, premises, accounts, contracts, consent, registration, recovery.

Knows nothing of meters, volumes or sums."""
