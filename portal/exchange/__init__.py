"""Files in and out: accounts, readings, bank payment files.

Parses and writes files; the facts belong to the apps below."""
