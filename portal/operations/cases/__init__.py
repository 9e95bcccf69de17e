"""Worked cases: a file of facts, months to close and expected lines, read strictly and compared exactly."""
