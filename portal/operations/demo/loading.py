"""The order of the demo's steps, and loading them once."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from portal.accounts.models import User
from portal.operations.demo import (
    company,
    complaints,
    content,
    dated_numbers,
    history,
    messages,
    month,
    payments,
    people,
    receipts,
    replacements,
    requests,
    settlement,
    support,
)
from portal.operations.demo.world import MONTHS_OF_HISTORY, MORNING, RESIDENTS, World, at_time, new_world
from portal.operations.roles import setup


@dataclass(frozen=True, slots=True)
class LoadingStep:
    """A function that makes a part of the demo, and what it makes, for the terminal."""

    load: Callable[[World], None]
    makes: str


# The order matters: history needs rates, receipts need history, what stands beside them comes after.
STEPS = (
    LoadingStep(company.load, "company, staff"),
    LoadingStep(settlement.load, "streets, houses, accounts, meters"),
    LoadingStep(content.load, "pages of the site, published tariffs"),
    LoadingStep(dated_numbers.load, "earlier rates, norms, key rates, calendars"),
    LoadingStep(history.load, "readings, closed months, payments"),
    LoadingStep(receipts.load, "receipts"),
    LoadingStep(payments.load, "payments by card, bank files"),
    LoadingStep(requests.load, "requests, outages, notices"),
    LoadingStep(replacements.load, "replacements and verifications of meters"),
    LoadingStep(complaints.load, "complaints book"),
    LoadingStep(support.load, "questions to support"),
    LoadingStep(people.load, "consents, contracts, audit trail"),
    LoadingStep(month.load, "steps of the month's calendar"),
    LoadingStep(messages.load, "days of notices"),
)


def is_loaded() -> bool:
    """Whether the demo stands in the database (it is loaded as a whole or not at all)."""
    return User.objects.filter(username=RESIDENTS[0]).exists()


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
        for step in STEPS:
            started = time.monotonic()
            step.load(world)
            progress(f"{step.makes}: {time.monotonic() - started:.1f} s")
        setup()  # pages made meanwhile belong to roles too
    OrmQ.objects.update(lock=timezone.now())  # what was queued in played months waits from now on
    return world
