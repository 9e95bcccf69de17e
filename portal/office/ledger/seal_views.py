"""Comparing the chain of seals with the hash of a letter."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from portal.core.list_parameters import is_text, list_parameters
from portal.integrity.selectors import parse_hash, seal_with_hash
from portal.office.common.forms import WithoutColons
from portal.office.common.views import needs, page


class LetterForm(WithoutColons, forms.Form):
    """The hash as it stands in the letter; blanks and line breaks do not matter."""

    hash = forms.CharField(
        label=gettext_lazy("The line of letters and digits from the letter"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_hash(self) -> str:
        """64 letters and digits."""
        if (sha256 := parse_hash(self.cleaned_data["hash"])) is None:
            raise forms.ValidationError(
                _("The line has 64 characters: digits and Latin letters from a to f. Copy it whole from the letter.")
            )
        return sha256


@require_safe
@needs("integrity.view_seal")
@list_parameters(hash=is_text)
def compare(request: HttpRequest) -> HttpResponse:
    """Whether the chain has the hash of a letter, and as which seal."""
    form = LetterForm(request.GET) if "hash" in request.GET else LetterForm()
    compared = form.is_bound and form.is_valid()
    return page(
        request,
        "office/seal_letter.html",
        title=gettext_lazy("Compare with a letter"),
        icon="lock",
        form=form,
        compared=compared,
        seal=seal_with_hash(form.cleaned_data["hash"]) if compared else None,
    )
