"""Long work that is cut into chunks, each one job of the queue (decision 105).

`models` are abstract tables, `engine` carries a run out, `failures` are what it could not do.
"""
