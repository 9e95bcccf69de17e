"""The resident's side of the complaints book: write, follow, rate, reply once."""
