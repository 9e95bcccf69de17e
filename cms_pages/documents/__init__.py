"""Acts of law and the company's papers: editions, files with searchable words, links that are watched."""
