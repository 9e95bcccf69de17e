"""Messages of refusals of the core: files, limits, phone numbers."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.files.exceptions import FileRefused
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.messages import limit_message
from portal.core.refusals import ByCode, RefusalMessage, declare


def _too_big(_refusal: FileRefused) -> str:
    return _("is larger than %(size)d MB. Choose a smaller one.") % {"size": settings.UPLOAD_MAX_MB}


def _too_many_pixels(_refusal: FileRefused) -> str:
    text = _("is larger than %(megapixels)d megapixels. Make it smaller, or take it with less detail.")
    return text % {"megapixels": settings.PICTURE_MAX_PIXELS // 1_000_000}


FILES = ByCode(
    {
        "too_big": _too_big,
        "empty": gettext_lazy("is empty. Choose another file."),
        "type": gettext_lazy("this type is not accepted. We need JPEG, PNG, WebP or PDF."),
        "heic": gettext_lazy("HEIC is not accepted. On an iPhone: Settings, Camera, Formats, Most Compatible."),
        "broken": gettext_lazy("cannot be read. Take it again."),
        "too_many_pixels": _too_many_pixels,
        "active_content": gettext_lazy("contains a program or another file. Print it to a new PDF, or send a photo."),
        "encrypted": gettext_lazy("is protected by a password. Save it without one, or print it to a new PDF."),
        "too_complex": gettext_lazy("is too complex to check. Print it to a new PDF, or split it."),
        "busy": gettext_lazy("was not checked: many pictures are coming in right now. Send it again in a minute."),
        "too_many": gettext_lazy("was not checked: too many files at once. Add it again once the others are accepted."),
        "quota_waiting": gettext_lazy(
            "was not stored: you have uploaded many files without sending a request. They are "
            "deleted after a day; send this one then."
        ),
        "quota": gettext_lazy(
            "was not stored: your files take up all the space of a login. Call us, or bring the documents."
        ),
        "wrong_suffix": gettext_lazy("is not what its name says. Save it again in the program that made it."),
        "no_space": gettext_lazy("was not stored: we have no space now. Try again later; your text stays here."),
        "storage_unavailable": gettext_lazy(
            "was not stored: our storage of files does not work now. Try again later; your text stays here."
        ),
    }
)
"""Each is the second half of a sentence: «photo.heic: is empty…»."""

declare(
    {
        FileRefused: RefusalMessage(FILES, field="file"),
        RateLimited: RefusalMessage(limit_message),
    }
)
