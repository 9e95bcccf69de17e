"""Bank payment files: what a parser read is checked whole (a dry run), then credited by chunks, once.

A file with a single bad line credits nothing; a line whose account is not known waits in a queue for a person.
"""

from portal.payments.services.bank_files.checking import store_dry_run
from portal.payments.services.bank_files.importing import (
    begin_import,
    carry_out_import,
    import_all,
    import_chunk,
    lines_with_readings,
    note_readings,
    sweep_imports,
)
from portal.payments.services.bank_files.lines import ParsedLine, normalised, payer_key
from portal.payments.services.bank_files.receiving import imported_twin, receive_file

__all__ = [
    "ParsedLine",
    "begin_import",
    "carry_out_import",
    "import_all",
    "import_chunk",
    "imported_twin",
    "lines_with_readings",
    "normalised",
    "note_readings",
    "payer_key",
    "receive_file",
    "store_dry_run",
    "sweep_imports",
]
