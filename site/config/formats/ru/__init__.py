"""Russian screens."""
