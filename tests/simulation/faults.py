"""What goes wrong in a simulated company: processes are killed in the middle, jobs come twice and in any order."""

import random
from collections.abc import Callable
from contextlib import ExitStack
from pydoc import locate
from typing import Any, TypeVar

from django.db import connection
from django_q.models import OrmQ

T = TypeVar("T")
KILLED, DOUBLED = 0.12, 0.15
STATEMENTS = 60
"""A process is killed before one of its first so many statements."""
ROUNDS = 200


class Killed(BaseException):
    """The process is gone: nothing of ours catches it, an open transaction is rolled back."""


class Faults:
    """Draws faults from a seed; `enabled` is off for the day on which everything is finished."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.enabled = True
        self.kills = 0

    def _dies_after(self, left: int) -> Callable[..., Any]:
        def wrapper(execute: Callable[..., Any], *statement: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return execute(*statement)

        return wrapper

    def run(self, function: Callable[[], T]) -> T | None:
        """Call a function as a process of its own does, which may be killed; None when it was."""
        with ExitStack() as stack:
            if self.enabled and self.dice.random() < KILLED:
                left = self.dice.randrange(STATEMENTS)
                stack.enter_context(connection.execute_wrapper(self._dies_after(left)))
            try:
                return function()
            except Killed:
                self.kills += 1
                return None

    def insist(self, function: Callable[[], T]) -> T:
        """Call a function again until it was not killed in the middle, as a person does who got no answer."""
        kills = self.kills
        while True:
            result = self.run(function)
            if self.kills == kills:
                return result  # type: ignore[return-value]  # not killed: it is the function's own
            kills = self.kills

    def work_queue(self) -> None:
        """Do what stands in the queue, in any order, some of it twice; what was killed comes again."""
        for _ in range(ROUNDS):
            jobs = list(OrmQ.objects.all())
            if not jobs:
                return
            self.dice.shuffle(jobs)
            for job in jobs:
                self._deliver(job)
        raise AssertionError(f"the queue is not empty after {ROUNDS} rounds: {OrmQ.objects.first().task}")

    def _deliver(self, job: OrmQ) -> None:
        task = job.task
        function = locate(task["func"]) if isinstance(task["func"], str) else task["func"]
        assert callable(function), task["func"]
        kills = self.kills
        times = 2 if self.enabled and self.dice.random() < DOUBLED else 1
        for _ in range(times):
            self.run(lambda: function(*task["args"], **task.get("kwargs", {})))
        if self.kills == kills:
            job.delete()
