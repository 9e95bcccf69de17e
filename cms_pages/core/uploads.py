"""Files that editors upload: a PDF is what it says and holds no program."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.documents.forms import BaseDocumentForm

from portal.core.files.checking import check_upload
from portal.core.files.exceptions import FileRefused
from portal.core.files.words import file_refused

MAX_PDF = 50 * 1024 * 1024


class CheckedDocumentForm(BaseDocumentForm):
    """Wagtail's form of a document; a PDF is looked into before it is kept."""

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if "file" in self.changed_data and upload.name.lower().endswith(".pdf"):
            self._look_into(upload)
        return upload

    def _look_into(self, upload: Any) -> None:
        try:
            checked = check_upload(upload, upload.name, max_bytes=MAX_PDF)
        except FileRefused as refusal:
            raise ValidationError(file_refused(upload.name, refusal)) from refusal
        finally:
            upload.seek(0)
        if checked.content_type != "application/pdf":
            raise ValidationError(file_refused(upload.name, FileRefused("type")))
