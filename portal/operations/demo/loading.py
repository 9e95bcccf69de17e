"""The order of the demo's steps, and loading them once."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from portal.accounts.models import User
from portal.operations.demo.world import MONTHS_OF_HISTORY, MORNING, RESIDENTS, World, at_time, new_world
from portal.operations.roles import setup


@dataclass(frozen=True, slots=True)
class Step:
    """A module of this package with `load(world)`, and what it makes, for the terminal."""

    module: str
    makes: str


# The order matters: history needs rates, receipts need history, what stands beside them comes after.
STEPS = (
    Step("company", "company, staff"),
    Step("settlement", "streets, houses, accounts, meters"),
    Step("content", "pages of the site, published tariffs"),
    Step("figures", "earlier rates, norms, key rates, calendars"),
    Step("history", "readings, closed months, payments"),
    Step("receipts", "receipts"),
    Step("payments", "payments by card, bank files"),
    Step("requests", "requests, outages, notices"),
    Step("replacements", "replacements and verifications of meters"),
    Step("complaints", "complaints book"),
    Step("support", "questions to support"),
    Step("people", "consents, contracts, audit trail"),
    Step("month", "steps of the month's calendar"),
    Step("messages", "days of notices"),
)


def is_loaded() -> bool:
    """Whether the demo stands in the database (it is loaded as a whole or not at all)."""
    return User.objects.filter(username=RESIDENTS[0]).exists()


def present_steps() -> list[Step]:
    """The steps whose module is there."""
    return [step for step in STEPS if find_spec(f"portal.operations.demo.{step.module}")]


@transaction.atomic
def load(
    *, today: dt.date, size: int = 300, months: int = MONTHS_OF_HISTORY, progress: Callable[[str], None] = print
) -> World:
    """Make the demo of `size` accounts and `months` closed months in one transaction; returns what was made.

    Raises nothing of its own: a step's refusal is a mistake of the demo, and then nothing is kept.
    """
    world = new_world(today=today, size=size, months=months, progress=progress)
    with world.clock.running():
        world.at(at_time(world.began, MORNING))
        for step in present_steps():
            started = time.monotonic()
            import_module(f"portal.operations.demo.{step.module}").load(world)
            progress(f"{step.makes}: {time.monotonic() - started:.1f} s")
        setup()  # pages made meanwhile belong to roles too
    OrmQ.objects.update(lock=timezone.now())  # what was queued in played months waits from now on
    return world
