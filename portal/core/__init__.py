"""Clock, money, periods, company settings, private files, Russian text, health.

Knows nothing of water, people or money owed."""
