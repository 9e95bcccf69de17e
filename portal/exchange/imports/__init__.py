"""Imports of files: received, their columns named, checked, loaded and undone by runs over their rows."""
