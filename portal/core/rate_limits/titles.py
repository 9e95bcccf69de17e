"""Labels of the fields on the screen of limits."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portal.core.rate_limits.declared import Action, CountWindow, Per

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ACTION_TITLES: dict[Action, "StrOrPromise"] = {
    Action.DISPATCH: _("Requests to dispatch"),
    Action.COMMISSIONING: _("Applications to put a meter into service"),
    Action.REPLACEMENT: _("Answers about replacement, and certificates of verification"),
    Action.FOLLOW_UP: _("Messages, answers and ratings on what was sent earlier"),
    Action.COMPLAINT: _("Entries in the complaints book"),
    Action.SUPPORT: _("Questions of the support form"),
    Action.SUPPORT_LETTER: _("Letters of the support form to addresses that nobody confirmed"),
    Action.EMAIL_CHANGE: _("Letters that confirm a new e-mail address"),
    Action.UPLOAD: _("Uploaded files"),
    Action.UPLOAD_SIZE: _("Uploaded files, MB"),
    Action.EDITOR_UPLOAD: _("Files that editors upload"),
    Action.EDITOR_UPLOAD_SIZE: _("Files that editors upload, MB"),
    Action.RECOVERY: _("Questions for password recovery"),
    Action.RECOVERY_LETTER: _("Letters of password recovery"),
    Action.APPLICATION: _("Application forms that people send in advance"),
    Action.PERSONAL_REQUEST: _("Consents, their withdrawals, other requests about personal data"),
    Action.PAYMENT: _("Payments begun"),
    Action.LIVEJOURNAL: _("Login through LiveJournal: the server asks LiveJournal each time"),
    Action.CAPTCHA: _("Pictures with a code"),
    Action.CABINET_FORM: _("All forms of My account together: the overall limit"),
    Action.API: _("Calls of the API"),
}

LIMIT_LABELS: dict[tuple[Per, CountWindow], "StrOrPromise"] = {
    (Per.LOGIN, CountWindow.MINUTE): _("From one login in a minute"),
    (Per.LOGIN, CountWindow.HOUR): _("From one login in an hour"),
    (Per.LOGIN, CountWindow.DAY): _("From one login in a day"),
    (Per.ADDRESS, CountWindow.HOUR): _("From one network address in an hour"),
    (Per.ADDRESS, CountWindow.DAY): _("From one network address in a day"),
    (Per.MAILBOX, CountWindow.HOUR): _("For one mailbox or typed login in an hour"),
    (Per.MAILBOX, CountWindow.DAY): _("For one mailbox in a day"),
    (Per.EVERYONE, CountWindow.MINUTE): _("From everybody together in a minute"),
    (Per.EVERYONE, CountWindow.HOUR): _("From everybody together in an hour"),
}
