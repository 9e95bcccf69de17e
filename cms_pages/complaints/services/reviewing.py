"""Actions of reviewers on an entry. Every change is claimed by the version that the reviewer saw."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import translation
from django.utils.html import format_html_join
from wagtail.models import WorkflowState

from cms_pages.complaints.calculation import personal_data
from cms_pages.complaints.enums import ComplaintState, ComplaintStep
from cms_pages.complaints.exceptions import (
    ComplaintChanged,
    MayNotBePublished,
    NotWaiting,
    OwnAnswer,
    PersonalDataLeft,
)
from cms_pages.complaints.models import Complaint, ComplaintPage, ComplaintRules, HistoryEntry
from cms_pages.complaints.notifications import notify_answered, notify_rejected
from cms_pages.complaints.workflow import complaints_workflow
from portal.accounts import audit
from portal.accounts.models import User
from portal.core.formatting import user_name


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicWording:
    """Public wording of an entry. `confirmed`: the reviewer looked at the hints and lets them stand."""

    subject: str
    text: str
    author_name: str
    street: str = ""
    confirmed: bool = False


def _claim(complaint: Complaint, actor: User, version: int, **changes: object) -> Complaint:
    """Change an entry that nobody has changed since the reviewer saw it. Raises ComplaintChanged, NotWaiting."""
    changed = Complaint.objects.filter(pk=complaint.pk, version=version, state__in=ComplaintState.waiting()).update(
        version=version + 1, assignee=actor, **changes
    )
    fresh = Complaint.objects.select_related("author", "page").get(pk=complaint.pk)
    if changed:
        return fresh
    if fresh.version == version:
        raise NotWaiting
    last = fresh.history.exclude(step=ComplaintStep.NOTE).select_related("actor").last()
    raise ComplaintChanged(
        by=user_name(last.actor) if last else "",
        state=str(fresh.get_state_display()),
    )


def _record(complaint: Complaint, actor: User, step: ComplaintStep, now: dt.datetime, comment: str = "") -> None:
    HistoryEntry.objects.create(complaint=complaint, step=step, actor=actor, at=now, comment=comment)
    with translation.override("ru"):
        audit.decided(
            complaint.account or complaint.author,
            by=actor,
            what=f"Запись книги жалоб № {complaint.pk}",
            after=step.label,
        )


def _refuse_personal_data(complaint: Complaint, wording: PublicWording, answer: str = "") -> None:
    names = complaint.name.split()[:1]
    shown = (wording.subject, wording.text, wording.author_name, wording.street, answer)
    hints = personal_data("; ".join(shown), names=names)
    if hints and not wording.confirmed:
        raise PersonalDataLeft(matches=tuple(hint.text for hint in hints))


def _paragraphs(text: str) -> str:
    """Plain words as rich text: every mark is escaped."""
    return format_html_join("", "<p>{}</p>", ((part.strip(),) for part in text.split("\n") if part.strip()))


def _page(complaint: Complaint, wording: PublicWording) -> ComplaintPage:
    """The page as the public will see it: a draft until it is published."""
    page: ComplaintPage = ComplaintPage.objects.get(pk=complaint.page_id).get_latest_revision_as_object()
    page.title = page.draft_title = wording.subject
    page.text, page.author_name, page.street = wording.text, wording.author_name, wording.street
    return page


def _finish_workflow(page: ComplaintPage, actor: User, *, publish: bool) -> None:
    """End the reviewers' task; an approved one publishes the latest revision.

    The caller checked who may review: the publication asks for no right on pages.
    """
    state = page.current_workflow_state
    if state is None:
        if publish:
            page.get_latest_revision().publish(user=actor, skip_permission_checks=True)
        return
    if publish:
        state.current_task_state.revision = page.get_latest_revision()
        state.current_task_state.save(update_fields=["revision"])
        state.current_task_state.approve(user=actor, update=False)
        state.finish(user=None)
    elif state.status == WorkflowState.STATUS_IN_PROGRESS:
        state.cancel(user=actor)


@transaction.atomic
def take(*, complaint: Complaint, actor: User, version: int, now: dt.datetime) -> Complaint:
    """Take an entry into one's hands. Raises ComplaintChanged, NotWaiting."""
    fresh = _claim(complaint, actor, version, state=ComplaintState.WORKING, handed_to="")
    _record(fresh, actor, ComplaintStep.TAKEN, now)
    return fresh


@transaction.atomic
def hand_over(
    *, complaint: Complaint, actor: User, version: int, role: str, comment: str, now: dt.datetime
) -> Complaint:
    """Ask another role for help; the entry stays in the list with its name. Raises ComplaintChanged, NotWaiting."""
    fresh = _claim(complaint, actor, version, state=ComplaintState.WORKING, handed_to=role)
    _record(fresh, actor, ComplaintStep.HANDED, now, f"{role}: {comment}".strip(": "))
    return fresh


def note(*, complaint: Complaint, actor: User, comment: str, now: dt.datetime) -> None:
    """Words for colleagues; the author never sees them."""
    _record(complaint, actor, ComplaintStep.NOTE, now, comment)


@transaction.atomic
def show_before_answer(
    *, complaint: Complaint, actor: User, version: int, wording: PublicWording, plan: str, now: dt.datetime
) -> Complaint:
    """Publish the entry with what happens next, while the answer is being prepared; the review goes on.

    Raises ComplaintChanged, NotWaiting, MayNotBePublished, PersonalDataLeft.
    """
    if not complaint.may_publish:
        raise MayNotBePublished
    _refuse_personal_data(complaint, wording, plan)
    fresh = _claim(complaint, actor, version, state=ComplaintState.WORKING)
    page = _page(fresh, wording)
    page.plan = plan
    revision = page.save_revision(user=actor)
    state = page.current_workflow_state
    revision.publish(user=actor, skip_permission_checks=True)
    if state is not None:
        _restart_review(page)
    _record(fresh, actor, ComplaintStep.SHOWN, now, plan)
    return fresh


def _restart_review(page: ComplaintPage) -> None:
    """Publishing ends a workflow; the entry still waits for its answer."""
    page.refresh_from_db()
    if page.current_workflow_state is None:
        complaints_workflow().start(page, None)


@transaction.atomic
def answer_publicly(
    *,
    complaint: Complaint,
    actor: User,
    version: int,
    wording: PublicWording,
    answer: str,
    signature: str,
    now: dt.datetime,
) -> Complaint:
    """Answer in the book: published at once, or given to a second reviewer where the rules want one.

    Raises ComplaintChanged, NotWaiting, MayNotBePublished, PersonalDataLeft.
    """
    if not complaint.may_publish:
        raise MayNotBePublished
    _refuse_personal_data(complaint, wording, answer)
    two = ComplaintRules.load().second_pair_of_eyes
    changes = {"state": ComplaintState.APPROVAL} if two else {"state": ComplaintState.ANSWERED}
    fresh = _claim(complaint, actor, version, answer=answer, answered_by=actor, answered_at=now, **changes)
    page = _page(fresh, wording)
    page.answer, page.answered_on, page.answered_by, page.plan = _paragraphs(answer), now.date(), signature, ""
    page.save_revision(user=actor)
    if two:
        _record(fresh, actor, ComplaintStep.PROPOSED, now)
        return fresh
    return _publish(fresh, actor, now)


def _publish(complaint: Complaint, actor: User, now: dt.datetime) -> Complaint:
    if complaint.page is not None:
        page = ComplaintPage.objects.get(pk=complaint.page_id)
        _finish_workflow(page, actor, publish=True)
    _record(complaint, actor, ComplaintStep.ANSWERED, now)
    notify_answered(complaint)
    return complaint


@transaction.atomic
def approve(*, complaint: Complaint, actor: User, version: int, now: dt.datetime) -> Complaint:
    """Publish a colleague's answer. Raises OwnAnswer, ComplaintChanged, NotWaiting."""
    if complaint.answered_by_id == actor.pk:
        raise OwnAnswer
    if complaint.state != ComplaintState.APPROVAL:
        raise NotWaiting
    return _publish(_claim(complaint, actor, version, state=ComplaintState.ANSWERED), actor, now)


@transaction.atomic
def return_answer(*, complaint: Complaint, actor: User, version: int, comment: str, now: dt.datetime) -> Complaint:
    """Send a proposed answer back to be written anew. Raises ComplaintChanged, NotWaiting."""
    if complaint.state != ComplaintState.APPROVAL:
        raise NotWaiting
    fresh = _claim(complaint, actor, version, state=ComplaintState.WORKING)
    _record(fresh, actor, ComplaintStep.RETURNED, now, comment)
    return fresh


@transaction.atomic
def close_privately(*, complaint: Complaint, actor: User, version: int, answer: str, now: dt.datetime) -> Complaint:
    """Answer the author alone; nothing of it is published. Raises ComplaintChanged, NotWaiting."""
    fresh = _claim(
        complaint, actor, version, state=ComplaintState.CLOSED, answer=answer, answered_by=actor, answered_at=now
    )
    _end_unpublished(fresh, actor)
    _record(fresh, actor, ComplaintStep.CLOSED, now)
    notify_answered(fresh)
    return fresh


@transaction.atomic
def reject(*, complaint: Complaint, actor: User, version: int, reason: str, now: dt.datetime) -> Complaint:
    """Refuse an entry by the rules of the book; the author reads the reason. Raises ComplaintChanged, NotWaiting."""
    fresh = _claim(complaint, actor, version, state=ComplaintState.REJECTED, rejection=reason)
    _end_unpublished(fresh, actor)
    _record(fresh, actor, ComplaintStep.REJECTED, now, reason)
    notify_rejected(fresh)
    return fresh


def _end_unpublished(complaint: Complaint, actor: User) -> None:
    if complaint.page is None:
        return
    page = ComplaintPage.objects.get(pk=complaint.page_id)
    _finish_workflow(page, actor, publish=False)
    if page.live:
        page.unpublish(user=actor, skip_permission_checks=True)
