"""News: list by years and categories, feeds, what is important on top."""
