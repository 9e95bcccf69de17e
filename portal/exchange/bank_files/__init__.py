"""Bank payment files as files: encodings, layouts, totals. What a line means belongs to payments."""
