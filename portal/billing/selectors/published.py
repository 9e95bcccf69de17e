"""Dated numbers for public pages: rates and norms with their history, days off."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import QuerySet

from portal.billing.models import Norm, Rate, WorkdayException


def rate_history() -> list[Rate]:
    """Every rate that stands, oldest first (one query)."""
    return list(Rate.objects.active().order_by("valid_from", "service"))


def norm_history() -> QuerySet[Norm]:
    """Every norm that counts, newest first by service."""
    return Norm.objects.active().order_by("service", "-valid_from")


def transferred_days() -> Mapping[dt.date, bool]:
    """Days that the government made working (true) or off (false) ones (one query)."""
    return dict(WorkdayException.objects.active().values_list("day", "working"))
