"""Writes about people and accounts, by idea: addresses, registration, holders, access, recovery, profile."""
