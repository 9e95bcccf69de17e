"""A company lives months in minutes, with kills, doubled and reordered jobs and notices; `make simulate`."""
