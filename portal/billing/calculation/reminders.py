"""On which days an overdue debt is reminded of. Pure: days in, days out."""

from dataclasses import dataclass

LATE_DAYS = 7
"""How many days late a reminder is still sent, after a day on which the machine was down; later the next one comes."""


@dataclass(frozen=True, slots=True)
class ReminderDays:
    """Days after the due day: three steps, then one every `repeat` days."""

    first: int = 3
    second: int = 15
    third: int = 28
    repeat: int = 30

    def last_step(self, days_overdue: int) -> int | None:
        """The last step, in days after the due day, that so many overdue days have reached; None before the first."""
        if days_overdue >= self.third:
            return self.third + (days_overdue - self.third) // self.repeat * self.repeat
        reached = [step for step in (self.first, self.second) if step <= days_overdue]
        return reached[-1] if reached else None

    def step_to_send(self, days_overdue: int) -> int | None:
        """The step to send on a day so many days after the due day, at most LATE_DAYS late; None when there is none."""
        step = self.last_step(days_overdue)
        return step if step is not None and days_overdue - step <= LATE_DAYS else None

    def is_repeated(self, step: int) -> bool:
        """Whether a step is one of those that come every `repeat` days."""
        return step > self.third
