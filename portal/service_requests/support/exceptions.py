"""Why a question or an answer is not taken."""


class AnsweredMeanwhile(Exception):
    """A colleague answered while this answer was being written; `by` names them."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by
