"""The resident's questions to support: the list, a thread, a word more."""
