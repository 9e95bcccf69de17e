"""Forms of imports: the file, and which of its headings holds what."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.exchange.imports.subjects import SubjectSpec
from portal.office.common.forms import WithoutColons


class ImportForm(WithoutColons, forms.Form):
    """A table to be imported."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("XLSX or CSV, up to 30 MB."),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )


class ColumnsForm(WithoutColons, forms.Form):
    """Which heading of a foreign file holds what; remembered under the name of its source."""

    source = forms.CharField(
        label=gettext_lazy("Name of the source"),
        max_length=80,
        help_text=gettext_lazy(
            "For example «1С выгрузка». Files with the same headings are read so from now on; the same name replaces "
            "what was remembered."
        ),
    )

    def __init__(self, *args: Any, spec: SubjectSpec, headings: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        choices = [("", _("— not in the file —")), *((text, text) for text in headings)]
        for name, aliases in spec.columns.items():
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=aliases[0], choices=choices, required=name in spec.required
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        used: dict[str, str] = {}
        for name, heading in self.headings(cleaned).items():
            if heading in used:
                self.add_error(
                    f"column_{name}",
                    ValidationError(
                        _("This heading is chosen for «%(other)s» already.")
                        % {"other": self.spec.columns[used[heading]][0]}
                    ),
                )
            used.setdefault(heading, name)
        return cleaned

    def headings(self, cleaned: dict[str, Any]) -> dict[str, str]:
        """Our columns with the headings chosen for them."""
        chosen = {name: cleaned.get(f"column_{name}", "") for name in self.spec.columns}
        return {name: heading for name, heading in chosen.items() if heading}
