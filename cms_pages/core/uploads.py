"""Files that editors upload: documents are looked into, pictures lose what the camera wrote beside them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from wagtail.admin.forms.account import AvatarPreferencesForm
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from portal.core.files.documents import check_document
from portal.core.files.exceptions import FileRefused
from portal.core.files.picture_metadata import without_metadata
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.edge import refusal_error
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import Sender, spend
from portal.core.refusals import error_message


class CountedUploads:
    """Mixin of Wagtail's forms of files: knows the employee who uploads, and counts their files before any is read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.uploader = kwargs.get("user")
        super().__init__(*args, **kwargs)

    def count(self, upload: UploadedFile) -> None:
        """Count a file and its bytes. Raises ValidationError when the employee's limit is reached."""
        if self.uploader is None:
            return
        sender = Sender(login=str(self.uploader.pk))
        try:
            with transaction.atomic():
                spend(Action.EDITOR_UPLOAD, sender=sender)
                spend(Action.EDITOR_UPLOAD_SIZE, sender=sender, amount=upload.size or 1)
        except RateLimited as refusal:
            raise refusal_error(refusal) from refusal


class CheckedDocumentForm(CountedUploads, BaseDocumentForm):
    """Wagtail's form of a document; the file is looked into before it is stored."""

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if "file" in self.changed_data:
            self.count(upload)
            try:
                check_document(upload.read(), upload.name)
            except FileRefused as refusal:
                raise ValidationError(f"{upload.name}: {error_message(refusal)}") from refusal
            finally:
                upload.seek(0)
        return upload

    def _update_errors(self, errors: ValidationError) -> None:
        """Of a refused file the model says that its name has no suffix, for it got none: that is left out."""
        if self.has_error("file") and hasattr(errors, "error_dict"):
            errors.error_dict.pop("file", None)
        super()._update_errors(errors)


class CleanImageForm(CountedUploads, BaseImageForm):
    """Wagtail's form of a picture; what is stored has no EXIF, XMP, IPTC, comments or text chunks."""

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if "file" in self.changed_data:
            self.count(upload)
            remove_metadata(upload)
        return upload


class CleanAvatarForm(AvatarPreferencesForm):
    """Wagtail's form of an employee's own picture, cleaned as editors' pictures are."""

    def clean_avatar(self) -> Any:
        upload = self.cleaned_data.get("avatar")
        if isinstance(upload, UploadedFile):
            remove_metadata(upload)
        return super().clean_avatar()


def remove_metadata(upload: UploadedFile) -> None:
    """Put the picture without its metadata in the place of an upload's content.

    The upload itself is changed: Wagtail's form for several pictures keeps it, not the form's cleaned data, when
    another field is wrong. Raises ValidationError.
    """
    upload.seek(0)
    try:
        content = without_metadata(upload.read())
    except FileRefused as refusal:
        raise ValidationError(f"{upload.name or ''}: {error_message(refusal)}") from refusal
    upload.seek(0)
    upload.truncate()
    upload.write(content)
    upload.flush()
    upload.size = len(content)
    upload.seek(0)
