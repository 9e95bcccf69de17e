"""A line of progress on a terminal, nothing elsewhere."""

import sys
from typing import TextIO


class ProgressLine:
    """Rewrites one line while the stream is a terminal."""

    def __init__(self, label: str, stream: TextIO | None = None) -> None:
        self._label = label
        self._stream = stream or sys.stderr
        self._shown = self._stream.isatty()

    def __call__(self, done: int, total: int) -> None:
        if self._shown:
            percent = 100 * done // total if total else 100
            self._stream.write(f"\r{self._label}: {done}/{total} ({percent} %)")
            self._stream.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._shown:
            self._stream.write("\n")
