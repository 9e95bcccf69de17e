"""Operations of the API by resource: parse, one call of a service or selector, answer."""
