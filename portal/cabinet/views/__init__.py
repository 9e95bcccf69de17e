"""Views of the cabinet, one module for each part: parse, one call of a service or selector, answer."""
