"""Setting up the second factor: allauth's view; the session that set it up has given its code."""

from typing import Any

from allauth.mfa.totp.views import ActivateTOTPView
from django.http import HttpResponse

from portal.accounts import second_factor


class ActivateView(ActivateTOTPView):
    """The first code of a new app, which counts as this session's."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        second_factor.take_first_code(user=form.user, code=form.cleaned_data["code"])
        second_factor.note_passed(self.request, form.user)
        return response
