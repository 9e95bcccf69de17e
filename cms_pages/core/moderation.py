"""Publishing rules at work: whose pages go through a second person, and who that may be.

A rule that is switched on gives its section a Wagtail workflow and takes the button "Publish" away from those who
must ask; switched off, the section publishes at once again. A page already submitted is reviewed to its end.
"""

from typing import Any, ClassVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState, Workflow, WorkflowPage, WorkflowTask

from cms_pages.core.permissions import SectionStays


class Approval(Task):
    """A second person looks before a page is published. Page types say who that may be, where, and by which rule."""

    workflow_name: ClassVar[str]
    """What editors read of it: content, in Russian."""

    class Meta:
        abstract = True

    @classmethod
    def is_on(cls) -> bool:
        """Whether the rule is switched on."""
        raise NotImplementedError

    @classmethod
    def sections(cls) -> "models.QuerySet[Any]":
        """The pages under which it holds."""
        raise NotImplementedError

    def may_approve(self, page: Any, user: Any) -> bool:
        """Whether a person may approve a page that waits."""
        raise NotImplementedError

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        return self.may_approve(obj, user)

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        return not self.may_approve(obj, user)

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        if not self.may_approve(obj, user):
            return []
        return [("reject", _("Request changes"), True), ("approve", _("Approve"), False)]

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> models.QuerySet[TaskState]:
        """Return what waits for this person, on their dashboard."""
        states = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS).select_related("workflow_state")
        theirs = [state.pk for state in states if self.may_approve(state.workflow_state.content_object, user)]
        return self.task_states.filter(pk__in=theirs)


class AskFirst(SectionStays):
    """Rights at a page whose section may be under a publishing rule."""

    def must_ask(self) -> bool:
        """Whether the rule keeps this person from publishing by themselves. Page types answer it."""
        raise NotImplementedError

    def can_publish(self) -> bool:
        return bool(super().can_publish()) and (approved(self.page) or not self.must_ask())

    def can_publish_subpage(self) -> bool:
        return bool(super().can_publish_subpage()) and not self.must_ask()


def approved(page: Any) -> bool:
    """Whether a second person approved the page's latest revision."""
    if not page.latest_revision_id:
        return False
    return TaskState.objects.filter(revision_id=page.latest_revision_id, status=TaskState.STATUS_APPROVED).exists()


def asked_by_another(page: Any, user: Any) -> bool:
    """Whether a page waits for approval that somebody else asked for."""
    state = page.current_workflow_state
    return state is not None and state.requested_by_id != user.pk


@transaction.atomic
def _moderate(task_type: type[Approval], *, on: bool) -> None:
    name = task_type.workflow_name
    for page in task_type.sections():
        if not on:
            WorkflowPage.objects.filter(page=page, workflow__name=name).delete()
            continue
        workflow, _made = Workflow.objects.get_or_create(name=name)
        task = task_type.objects.filter(name=name).first() or task_type.objects.create(name=name)
        WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
        WorkflowPage.objects.update_or_create(page=page, defaults={"workflow": workflow})


def apply_rules() -> None:
    """Bring the workflow of each kind of approval in line with its rule. Safe to repeat."""
    for task_type in Approval.__subclasses__():
        _moderate(task_type, on=task_type.is_on())
