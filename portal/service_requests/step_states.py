"""What templates ask of a step's state on the way of a request or an application."""


class WithStepState:
    """Predicates over `state`: done, now, ahead or failed."""

    __slots__ = ()

    state: str

    @property
    def is_done(self) -> bool:
        return self.state == "done"

    @property
    def is_current(self) -> bool:
        return self.state == "now"

    @property
    def is_failed(self) -> bool:
        return self.state == "failed"

    @property
    def is_ahead(self) -> bool:
        return self.state == "ahead"
