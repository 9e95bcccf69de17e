"""Exceptions of the complaints book. Their texts are declared in `messages`."""


class ComplaintRefused(Exception):
    """The root of every refusal."""


class ComplaintsClosed(ComplaintRefused):
    """There is no published book to write into."""


class ComplaintChanged(ComplaintRefused):
    """A colleague was faster: `by` is their name, `state` the entry's new state."""

    def __init__(self, *, by: str, state: str) -> None:
        super().__init__(f"{by}: {state}")
        self.by = by
        self.state = state


class NotWaiting(ComplaintRefused):
    """The entry is closed already."""


class OwnAnswer(ComplaintRefused):
    """A second reviewer is needed: nobody publishes an answer that they wrote."""


class MayNotBePublished(ComplaintRefused):
    """The author did not allow publication."""


class PersonalDataLeft(ComplaintRefused):
    """The public text still contains what looks like personal data."""

    def __init__(self, *, matches: tuple[str, ...]) -> None:
        super().__init__(str(len(matches)))
        self.matches = matches


class AlreadySaid(ComplaintRefused):
    """The author rated or replied already, or there is no answer yet."""
