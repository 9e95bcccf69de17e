"""In a process of its own: read a file as an import does, and say what came of it and what memory it took."""

import resource
from pathlib import Path
from typing import Any


def read_file(path: str, guarded: bool, answers: Any) -> None:
    """Put «code, megabytes»: the code of the refusal, or `rows`; the most memory that reading added."""
    from portal.exchange import files
    from portal.exchange.tables import TableRefused, find_table

    if not guarded:
        files.require_small = lambda file: None
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    code = "rows"
    with Path(path).open("rb") as file:
        try:
            for _row in find_table(file, columns={"account": ("Счет",)}, required=("account",)).rows():
                pass
        except (TableRefused, files.BrokenFile) as refusal:
            code = refusal.code
    answers.put((code, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024))
