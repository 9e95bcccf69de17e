"""Plain pages of text."""
