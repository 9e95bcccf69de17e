"""Each report has a permission of its own, made from the report's declaration after migrations."""

from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from portal.office.models import OfficeRight
from portal.office.reports.hooks import REPORTS


def create_report_permissions(*, using: str, **kwargs: Any) -> None:
    """Create the permissions of reports that have none yet (a receiver of post_migrate; safe to repeat)."""
    content_type = ContentType.objects.db_manager(using).get_for_model(OfficeRight)
    for report in REPORTS:
        Permission.objects.using(using).get_or_create(
            content_type=content_type,
            codename=report.codename(),
            defaults={"name": f"May open the report «{report.slug}»"},
        )
