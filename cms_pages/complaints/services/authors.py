"""Actions of the author: writes, rates the answer, replies once."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from wagtail.models import Page

from cms_pages.complaints.calculation import due_day
from cms_pages.complaints.enums import ComplaintKind, ComplaintState, ComplaintStep
from cms_pages.complaints.exceptions import AlreadySaid, ComplaintsClosed
from cms_pages.complaints.models import (
    Attachment,
    Complaint,
    ComplaintPage,
    ComplaintRules,
    ComplaintsBookPage,
    HistoryEntry,
)
from cms_pages.complaints.notifications import notify_received
from cms_pages.complaints.workflow import complaints_workflow
from portal.accounts.models import Account, User
from portal.billing.selectors.published import transferred_days
from portal.core.models import PrivateFile
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.services import Sender, spend

FILES = "complaint"
MAX_FILES = 5


def write(
    *,
    form_token: uuid.UUID,
    author: User,
    account: Account | None,
    kind: ComplaintKind,
    subject: str,
    text: str,
    phone: str = "",
    may_publish: bool,
    files: Sequence[PrivateFile] = (),
    now: dt.datetime,
    sender: Sender | None = None,
) -> Complaint:
    """Take an entry: the private record, its unpublished page without personal data, the reviewers' task.

    `account` is one that the author holds, `files` are kept uploads of theirs.
    A resident's `sender` is
    counted. The same one-time key gives the same entry. Raises RateLimited, ComplaintsClosed.
    """
    existing = Complaint.objects.filter(form_token=form_token, author=author).first()
    if existing is not None:
        return existing
    try:
        with transaction.atomic():
            if sender is not None:
                spend(Action.COMPLAINT, sender=sender)
            complaint = _record(form_token, author, account, kind, subject, text, phone, may_publish, now)
            for stored in files[:MAX_FILES]:
                Attachment.objects.create(complaint=complaint, file=stored)
            _submit(complaint)
            notify_received(complaint)
    except IntegrityError:
        return Complaint.objects.get(form_token=form_token, author=author)
    return complaint


def _record(
    form_token: uuid.UUID,
    author: User,
    account: Account | None,
    kind: ComplaintKind,
    subject: str,
    text: str,
    phone: str,
    may_publish: bool,
    now: dt.datetime,
) -> Complaint:
    rules = ComplaintRules.load()
    person = getattr(author, "person", None)
    due_on = due_day(
        now.date(),
        quality=kind == ComplaintKind.QUALITY,
        quality_days=rules.quality_days,
        other_days=rules.other_days,
        transferred=transferred_days(),
    )
    complaint = Complaint.objects.create(
        form_token=form_token,
        author=author,
        account=account,
        name=person.full_name if person else author.get_username(),
        email=author.email,
        phone=phone,
        kind=kind,
        subject=subject,
        text=text,
        may_publish=may_publish,
        received_at=now,
        due_on=due_on,
    )
    HistoryEntry.objects.create(complaint=complaint, step=ComplaintStep.RECEIVED, actor=author, at=now)
    return complaint


def _submit(complaint: Complaint) -> None:
    """Make the unpublished page and give it to the reviewers."""
    complaints_book = ComplaintsBookPage.objects.live().first()
    if complaints_book is None:
        raise ComplaintsClosed
    parent = Page.objects.select_for_update().get(pk=complaints_book.pk)
    person = getattr(complaint.author, "person", None)
    street = complaint.account.premises.house.street if complaint.account else ""
    page = ComplaintPage(
        title=f"Обращение № {complaint.pk}",
        slug=str(complaint.pk),
        live=False,
        kind=complaint.kind,
        received_on=complaint.received_at.date(),
        due_on=complaint.due_on,
        author_name=person.short_name if person else "",
        street=str(street),
    )
    parent.add_child(instance=page)
    page.save_revision()
    Complaint.objects.filter(pk=complaint.pk).update(page=page)
    complaint.page = page
    complaints_workflow().start(page, None)


@transaction.atomic
def rate(*, complaint: Complaint, author: User, helped: bool, now: dt.datetime) -> None:
    """Say once whether the answer helped. Raises AlreadySaid."""
    changed = Complaint.objects.filter(
        pk=complaint.pk, author=author, helped=None, state__in=(ComplaintState.ANSWERED, ComplaintState.CLOSED)
    ).update(helped=helped)
    if not changed:
        raise AlreadySaid
    HistoryEntry.objects.create(
        complaint=complaint, step=ComplaintStep.RATED, actor=author, at=now, comment="+" if helped else "-"
    )


@transaction.atomic
def reply(*, complaint: Complaint, author: User, text: str, now: dt.datetime) -> None:
    """Reply to the answer, once; the reviewers see it in their list. Raises AlreadySaid."""
    changed = Complaint.objects.filter(
        pk=complaint.pk, author=author, reply="", state__in=(ComplaintState.ANSWERED, ComplaintState.CLOSED)
    ).update(reply=text, replied_at=now)
    if not changed:
        raise AlreadySaid
    HistoryEntry.objects.create(complaint=complaint, step=ComplaintStep.REPLIED, actor=author, at=now)
