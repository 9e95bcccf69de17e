"""One e-mail: text and HTML, a stable Message-ID, one-click unsubscribe where the kind may be refused."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from portal.core.models import CompanySettings
from portal.notifications.declarations import find_kind
from portal.notifications.models import Message
from portal.notifications.texts import Text

SALT = "portal.notifications.unsubscribe"


def absolute(path: str) -> str:
    """A path of the portal as a link for a letter."""
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + path


def unsubscribe_token(*, user_id: int, category: str) -> str:
    """Proof that a letter of a category went to a login; carries nothing personal."""
    return signing.dumps([user_id, category], salt=SALT)


def read_token(token: str) -> tuple[int, str]:
    """The login and the category of an unsubscribe token. Raises django.core.signing.BadSignature."""
    user_id, category = signing.loads(token, salt=SALT)
    return user_id, category


def letter(messages: Sequence[tuple[Message, Text]]) -> EmailMultiAlternatives:
    """The letter of one message, or of a digest of several to one recipient."""
    first, text = messages[0]
    company = CompanySettings.load()
    with translation.override(first.language):
        subject = text.subject if len(messages) == 1 else _digest_subject(len(messages))
        leave = _leave_link(first) if len(messages) == 1 else ""
        data = {
            "parts": [
                {
                    "subject": part.subject,
                    "body": part.body,
                    "link": absolute(message.link) if message.link else "",
                    "button": _button(message),
                }
                for message, part in messages
            ],
            "subject": subject,
            "company": company,
            "colours": _colours(company),
            "language": first.language,
            "leave": leave,
            "choices": absolute(reverse("cabinet:profile")) if _may_choose(first) else "",
        }
        plain = render_to_string("notifications/mail.txt", data)
        html = render_to_string("notifications/mail.html", data)
    mail = EmailMultiAlternatives(subject=subject, body=plain, to=[first.address], headers=_headers(first, leave))
    mail.attach_alternative(html, "text/html")
    return mail


def _colours(company: CompanySettings) -> dict[str, str]:
    """The company's colour for links and buttons on a light and a dark ground."""
    palette = company.palette
    return {
        "light": palette.light["accent"],
        "dark": palette.dark["accent"],
        "on_dark": palette.dark["on-accent"],
    }


def _button(message: Message) -> str:
    if message.link.startswith("/admin/"):
        return translation.gettext("Open in the admin")
    if message.link.startswith("/personal/"):
        return translation.gettext("Open in My account")
    return translation.pgettext("link of a letter", "Open")


def _may_choose(message: Message) -> bool:
    """Whether the recipient can choose notifications in a profile: residents can, staff cannot."""
    user, kind = message.user, find_kind(message.kind)
    for_staff = kind is not None and kind.category.for_staff
    return user is not None and not for_staff and not user.has_perm("wagtailadmin.access_admin")


def _digest_subject(count: int) -> str:
    return translation.ngettext("%(count)d message from the portal", "%(count)d messages from the portal", count) % {
        "count": count
    }


def _leave_link(message: Message) -> str:
    kind = find_kind(message.kind)
    if message.user_id is None or kind is None or kind.category.mandatory:
        return ""
    token = unsubscribe_token(user_id=message.user_id, category=kind.category.code)
    return absolute(reverse("notifications:unsubscribe", args=[token]))


def _headers(message: Message, leave: str) -> dict[str, str]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    headers = {"Message-ID": f"<portal.{message.pk}.{message.created_at:%Y%m%d%H%M%S}@{domain}>"}
    headers["Auto-Submitted"] = "auto-generated"
    if leave:
        headers["List-Unsubscribe"] = f"<{leave}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
