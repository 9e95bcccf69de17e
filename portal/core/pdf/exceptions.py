"""Exceptions of the layout of documents."""

from collections.abc import Sequence


class PdfError(Exception):
    """The document could not be laid out as its template says.

    `messages` are the layout engine's own words: a refused resource, an unknown font, a CSS mistake.
    """

    def __init__(self, messages: Sequence[str]) -> None:
        self.messages = tuple(messages)
        super().__init__("; ".join(self.messages))
