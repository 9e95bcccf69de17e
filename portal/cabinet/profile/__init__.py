"""The resident's own data: contacts, ways in, sessions, consents, a download of everything."""
