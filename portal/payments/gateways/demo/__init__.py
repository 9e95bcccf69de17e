"""A bank of our own for demos and tests: test cards, 3-D Secure, declines, delays, lost and repeated notices."""
