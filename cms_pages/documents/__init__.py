"""Acts of law and the company's documents: editions, files with searchable words, links that are watched."""
