"""The company's own look: its colour and its logo, in place of those of the product."""
