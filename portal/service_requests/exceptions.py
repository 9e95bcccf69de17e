"""Why a step is not taken; the words for a person are made at the edge."""


class StepRefused(Exception):
    """The root of every refusal here."""


class WrongState(StepRefused):
    """The step does not follow from the state that the request has; `state` is that state."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


class ChangedMeanwhile(StepRefused):
    """Somebody else changed it since it was shown; `by` is who, where known."""

    def __init__(self, *, by: str = "") -> None:
        super().__init__(by)
        self.by = by


class PhoneNotUnderstood(StepRefused):
    """No phone number can be read from the text."""


class SlotTaken(StepRefused):
    """The slot was filled a second ago."""


class SlotOver(SlotTaken):
    """The slot has begun or lies in the past."""
