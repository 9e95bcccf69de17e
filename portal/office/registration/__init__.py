"""Registering residents: the guided screen, holders, logins and slips, requests about personal data.

Composes accounts and metering; both stay ignorant of each other."""
