"""The office's guided screens: parse, one call of a service or selector, answer."""
