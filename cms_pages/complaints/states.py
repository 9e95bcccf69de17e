"""What templates ask of a complaint's state."""

from cms_pages.complaints.enums import ComplaintState


class WithState:
    """Predicates over `state`."""

    state: str

    @property
    def awaits_approval(self) -> bool:
        """Whether an answer is written and waits for a second person."""
        return self.state == ComplaintState.APPROVAL

    @property
    def is_answered(self) -> bool:
        """Whether it is answered in the book."""
        return self.state == ComplaintState.ANSWERED

    @property
    def is_closed(self) -> bool:
        """Whether it is answered privately."""
        return self.state == ComplaintState.CLOSED

    @property
    def is_rejected(self) -> bool:
        """Whether the rules of the book forbid it."""
        return self.state == ComplaintState.REJECTED
