"""Files in and out: accounts, readings, bank registries.

Parses and writes files; the facts belong to the apps below."""
