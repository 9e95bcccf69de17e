"""Whether a department works now, and when it opens next. Pure: the moment is an argument."""

import datetime as dt
from dataclasses import dataclass

Span = tuple[dt.time, dt.time]


@dataclass(frozen=True, slots=True)
class OpeningState:
    """`open` with the time it closes or pauses (`until`), or closed with the day and time it opens next."""

    open: bool
    until: dt.time | None = None
    opens_on: dt.date | None = None
    opens_at: dt.time | None = None
    always: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """A week of opening hours, Monday first; None is a day off; the pause is the same every day."""

    days: tuple[Span | None, ...]
    pause: Span | None = None
    always: bool = False

    def _spans(self, day: dt.date) -> list[Span]:
        whole = self.days[day.weekday()]
        if whole is None:
            return []
        if self.pause is None or not whole[0] < self.pause[0] < self.pause[1] < whole[1]:
            return [whole]
        return [(whole[0], self.pause[0]), (self.pause[1], whole[1])]

    def state_at(self, moment: dt.datetime) -> OpeningState:
        """The state at a Moscow moment; with no hours at all, closed without a next opening."""
        if self.always:
            return OpeningState(open=True, always=True)
        time = moment.time()
        for start, end in self._spans(moment.date()):
            if start <= time < end:
                return OpeningState(open=True, until=end)
        for ahead in range(8):
            day = moment.date() + dt.timedelta(days=ahead)
            for start, _end in self._spans(day):
                if ahead or start > time:
                    return OpeningState(open=False, opens_on=day, opens_at=start)
        return OpeningState(open=False)
