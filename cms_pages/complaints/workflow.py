"""The Wagtail workflow of the book: one task of the reviewers."""

from wagtail.models import Workflow, WorkflowTask

from cms_pages.complaints.models import ComplaintReview

NAME = "Книга жалоб и предложений"


def complaints_workflow() -> Workflow:
    """The workflow with its task, made where missing."""
    workflow = Workflow.objects.filter(name=NAME).first() or Workflow.objects.create(name=NAME)
    task = ComplaintReview.objects.filter(name=NAME).first()
    if task is None:
        task = ComplaintReview.objects.create(name=NAME)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    return workflow
