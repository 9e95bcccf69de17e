from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    name = "portal.office"
    label = "office"
    verbose_name = _("Office")

    def ready(self) -> None:
        from portal.core.exports import register_note
        from portal.office import checks  # noqa: F401 - the checks register themselves
        from portal.office.audit.noting import note_export
        from portal.office.common import dates, number_fields, uploads
        from portal.office.reports.permissions import create_report_permissions
        from portal.office.wagtail_lists import count_rows_by_number, guard_wagtail_lists

        post_migrate.connect(create_report_permissions, sender=self, dispatch_uid="office.reports")
        dates.register()
        number_fields.register()
        uploads.register()
        guard_wagtail_lists()
        count_rows_by_number()
        register_note(note_export)
