from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.db.backends.signals import connection_created
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "portal.core"
    label = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        """SQLite's LIKE folds every alphabet; the worker gives signs of life; apps declare messages of refusals."""
        from django_q.signals import post_execute_in_worker, post_spawn, pre_execute

        from portal.core import checks, logs, metrics  # noqa: F401  # checks: registers them
        from portal.core.backups import check as check_backup
        from portal.core.certificates import check as check_certificate
        from portal.core.files.keys import check_file_keys
        from portal.core.health import beat, register
        from portal.core.middleware import note_logout
        from portal.core.sqlite import fold_every_alphabet

        user_logged_out.connect(note_logout, dispatch_uid="portal.core.middleware")
        connection_created.connect(fold_every_alphabet, dispatch_uid="portal.core.sqlite")
        for signal in (post_spawn, pre_execute, post_execute_in_worker):
            signal.connect(beat, dispatch_uid="portal.core.health")
        pre_execute.connect(logs.begin_job, dispatch_uid="portal.core.logs")
        for receiver in (metrics.note_job, logs.end_job):
            post_execute_in_worker.connect(receiver, dispatch_uid=receiver.__module__)
        register("backup", check_backup)
        register("certificate", check_certificate)
        register("file_keys", check_file_keys)
        autodiscover_modules("messages")
