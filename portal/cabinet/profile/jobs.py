"""django-q2 entry points."""

from portal.accounts.services import profile
from portal.cabinet.profile import export
from portal.core import clock
from portal.core.files.exceptions import FileRefused


def make_export(export_id: int) -> None:
    """Collect all data of a login into a ZIP. A repeat of a finished one adds nothing."""
    try:
        export.make(export_id=export_id, moment=clock.real_now())
    except (OSError, FileRefused) as error:
        profile.export_failed(export_id=export_id, error=f"{type(error).__name__}: {error}")
        raise
