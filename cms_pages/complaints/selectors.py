"""Reads about the book: the public list, an author's own entries, the reviewers' queue, statistics."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, Group
from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cms_pages.complaints.calculation import SIMILAR_ENOUGH, likeness
from cms_pages.complaints.enums import ComplaintKind, ComplaintState
from cms_pages.complaints.models import (
    AnswerTemplate,
    Attachment,
    Complaint,
    ComplaintPage,
    ComplaintRules,
    ComplaintsBookPage,
)
from cms_pages.complaints.permissions import may_review
from cms_pages.core.russian import normal_words
from cms_pages.core.selectors import filter_by_query
from portal.core.clock import date_of, start_of
from portal.core.models import PrivateFile
from portal.service_requests.permissions import own_upload

PER_PAGE = 10


@dataclass(frozen=True, slots=True)
class YearInNumbers:
    """A year of the book: entries, answered ones, days to an answer on average."""

    year: int
    received: int
    answered: int
    days: int | None


@dataclass(frozen=True, slots=True)
class ComplaintsListing:
    """One page of the public list."""

    entries: ListPage
    numbers: YearInNumbers

    @property
    def states(self) -> list[tuple[str, str]]:
        return [("waiting", _("Wait for an answer")), ("answered", _("With an answer"))]


def _year(year: int) -> tuple[dt.datetime, dt.datetime]:
    return start_of(dt.date(year, 1, 1)), start_of(dt.date(year + 1, 1, 1))


def year_in_numbers(year: int) -> YearInNumbers:
    """Every entry of a year counts, published or not (one query)."""
    since, until = _year(year)
    rows = Complaint.objects.filter(received_at__gte=since, received_at__lt=until).exclude(
        state=ComplaintState.REJECTED
    )
    moments = list(rows.values_list("received_at", "answered_at", "state"))
    spans = [
        (date_of(answered) - date_of(received)).days
        for received, answered, state in moments
        if answered and state in (ComplaintState.ANSWERED, ComplaintState.CLOSED)
    ]
    days = round(sum(spans) / len(spans)) if spans else None
    return YearInNumbers(year, len(moments), len(spans), days)


def published_complaints(
    index: ComplaintsBookPage, *, on: dt.date, state: str, kind: str, query: str, page: str
) -> ComplaintsListing:
    """Published entries, newest first; filtered by state (waiting, answered), kind, and words in any form."""
    entries = ComplaintPage.objects.live().child_of(index).order_by("-received_on", "-pk")
    if state == "waiting":
        entries = entries.filter(answered_on=None)
    if state == "answered":
        entries = entries.filter(answered_on__isnull=False)
    if kind in ComplaintKind.values:
        entries = entries.filter(kind=kind)
    return ComplaintsListing(
        Paginator(filter_by_query(entries, query), PER_PAGE).get_page(page), year_in_numbers(on.year)
    )


@dataclass(frozen=True, slots=True)
class PublicStep:
    """A step of how an entry was dealt with, for everybody to read."""

    text: str
    date: dt.date
    done: bool


def public_steps(page: ComplaintPage) -> list[PublicStep]:
    """Received, what reviewers wrote down, answered; with the day of the promise while it is ahead."""
    steps = [PublicStep("", page.received_on, done=True)]
    steps += [PublicStep(block.value["text"], block.value["date"], done=True) for block in page.steps]
    last = page.answered_on or page.due_on
    return [*steps, PublicStep("", last, done=page.answered_on is not None)]


def entries_of(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Complaint]:
    """Return what a login wrote, newest first, with its page."""
    if not user.is_authenticated:
        return Complaint.objects.none()
    return Complaint.objects.filter(author_id=user.pk).select_related("page").order_by("-received_at")


@dataclass(frozen=True, slots=True)
class QueueNumbers:
    """Counts of entries that wait for reviewers on a day."""

    waiting: int
    overdue: int
    today: int
    approval: int
    replies: int


def queue_numbers(on: dt.date) -> QueueNumbers:
    """Counts for the dashboard (one query)."""
    rows = list(Complaint.objects.filter(state__in=ComplaintState.waiting()).values_list("state", "due_on"))
    replies = Complaint.objects.exclude(reply="").filter(replied_at__gte=start_of(on - dt.timedelta(days=7))).count()
    return QueueNumbers(
        waiting=len(rows),
        overdue=sum(due < on for _state, due in rows),
        today=sum(due == on for _state, due in rows),
        approval=sum(state == ComplaintState.APPROVAL for state, _due in rows),
        replies=replies,
    )


# What the reviewers' list can show.
SHOWN = ("waiting", "overdue", "approval", "replies", "closed", "all")


def queue(*, show: str = "waiting", kind: str = "", query: str = "", on: dt.date) -> QuerySet[Complaint]:
    """The reviewers' list. `show`: waiting, overdue, approval, replies, closed, or all; the nearest term on top."""
    rows = Complaint.objects.select_related("author", "assignee", "account__premises__house__street", "page")
    waiting = Q(state__in=ComplaintState.waiting())
    shown = {
        "waiting": waiting,
        "overdue": waiting & Q(due_on__lt=on),
        "approval": Q(state=ComplaintState.APPROVAL),
        "replies": ~Q(reply=""),
        "closed": ~waiting,
    }.get(show, Q())
    rows = rows.filter(shown)
    if kind:
        rows = rows.filter(kind=kind)
    if query:
        number = Q(pk=int(query)) if query.isdecimal() and len(query) < 10 else Q(pk=None)
        rows = rows.filter(number | Q(subject__icontains=query) | Q(text__icontains=query) | Q(name__icontains=query))
    return rows.order_by("-received_at") if show in ("closed", "replies", "all") else rows.order_by("due_on", "pk")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An entry that says much the same."""

    complaint: Complaint
    percent: int


def duplicates(complaint: Complaint) -> list[Duplicate]:
    """Entries of the last days (setting) that are alike by their words, the most alike first."""
    since = complaint.received_at - dt.timedelta(days=ComplaintRules.load().duplicate_days)
    others = Complaint.objects.filter(received_at__gte=since).exclude(pk=complaint.pk).order_by("-received_at")
    words = normal_words(f"{complaint.subject} {complaint.text}")
    similar = [
        Duplicate(other, round(100 * alike))
        for other in others[:200]
        if (alike := likeness(words, normal_words(f"{other.subject} {other.text}"))) >= SIMILAR_ENOUGH
    ]
    return sorted(similar, key=lambda duplicate: -duplicate.percent)[:5]


@dataclass(frozen=True, slots=True)
class KindStatistics:
    """A kind in a month: received, answered, of them in time."""

    month: dt.date
    kind: str
    received: int
    answered: int
    in_time: int

    @property
    def percent(self) -> int | None:
        """Answered in time of those answered."""
        return round(100 * self.in_time / self.answered) if self.answered else None


def _month_row(month: dt.date, kind: str, rows: Iterable[tuple[dt.date | None, dt.date]]) -> KindStatistics:
    answers = list(rows)
    given = [(answered, due) for answered, due in answers if answered]
    return KindStatistics(
        month,
        str(ComplaintKind(kind).label),
        len(answers),
        len(given),
        sum(answered <= due for answered, due in given),
    )


def statistics(year: int) -> list[KindStatistics]:
    """Entries of a year by month and kind, with those answered in time (one query)."""
    since, until = _year(year)
    rows = Complaint.objects.filter(received_at__gte=since, received_at__lt=until).exclude(
        state=ComplaintState.REJECTED
    )
    groups: dict[tuple[dt.date, str], list[tuple[dt.date | None, dt.date]]] = {}
    for received, answered, due, kind in rows.values_list("received_at", "answered_at", "due_on", "kind"):
        month = date_of(received).replace(day=1)
        answered_on = date_of(answered) if answered else None
        groups.setdefault((month, kind), []).append((answered_on, due))
    return [_month_row(month, kind, answers) for (month, kind), answers in sorted(groups.items(), reverse=True)]


def may_see_attachment(user: AbstractBaseUser | AnonymousUser, stored: PrivateFile) -> bool:
    """An attachment is seen by its author and by reviewers; one not sent yet by its sender alone."""
    attachment = Attachment.objects.select_related("complaint").filter(file=stored).first()
    if attachment is None:
        return bool(user.is_authenticated) and stored.owner == own_upload(user.pk or 0)
    return attachment.complaint.author_id == user.pk or may_review(user)


def complaint_for_review(number: int) -> Complaint | None:
    """An entry with its author, page, account and whoever works on it."""
    entries = Complaint.objects.select_related("author", "page", "account__premises__house__street", "assignee")
    return entries.filter(pk=number).first()


def answer_templates(kind: str) -> QuerySet[AnswerTemplate]:
    """Templates of answers for a kind of entry, and those for all."""
    return AnswerTemplate.objects.filter(kind__in=("", kind))


def roles() -> QuerySet[Group]:
    """Roles of the staff that an entry may be handed to."""
    return Group.objects.order_by("name")
