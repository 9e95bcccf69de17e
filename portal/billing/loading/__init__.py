"""From rows to the plain data of the calculation: dated numbers once, facts of many accounts at a time.

Reads as tuples with a constant number of queries, whatever the number of accounts."""
