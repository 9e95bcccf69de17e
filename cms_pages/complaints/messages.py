"""Messages of refusals of the complaints book."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms_pages.complaints import exceptions
from portal.core.refusals import RefusalMessage, declare


def _changed(refusal: exceptions.ComplaintChanged) -> str:
    text = _("%(who)s has already acted: %(state)s. Your text is still below; see the history.")
    return text % {"who": refusal.by or _("A colleague"), "state": refusal.state}


def _personal_data(refusal: exceptions.PersonalDataLeft) -> str:
    text = _("The public text still contains what looks like personal data: %(matches)s. Change it, or confirm.")
    return text % {"matches": ", ".join(refusal.matches)}


declare(
    {
        exceptions.ComplaintsClosed: RefusalMessage(
            gettext_lazy("The book is closed for now. Your text is saved: please use the support form.")
        ),
        exceptions.ComplaintChanged: RefusalMessage(_changed),
        exceptions.NotWaiting: RefusalMessage(gettext_lazy("This entry is closed already.")),
        exceptions.OwnAnswer: RefusalMessage(
            gettext_lazy("A second reviewer must look at it: you wrote this answer yourself.")
        ),
        exceptions.MayNotBePublished: RefusalMessage(
            gettext_lazy("The author did not allow publication: answer privately.")
        ),
        exceptions.PersonalDataLeft: RefusalMessage(_personal_data),
        exceptions.AlreadySaid: RefusalMessage(gettext_lazy("You have already answered.")),
    }
)
