"""Numbers of settings and lists are typed with a comma; the browser's own control would drop it."""

from decimal import Decimal

import pytest
from django.forms import TextInput
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import get_edit_handler
from wagtail.admin.panels.base import get_form_for_model
from wagtail.contrib.settings.models import BaseGenericSetting

from portal.approvals.models import ApprovalSettings
from portal.metering.models import MeterType
from portal.payments.models import PaymentSettings

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [ApprovalSettings, PaymentSettings])
def test_no_number_of_a_setting_is_a_browsers_number(model: type[BaseGenericSetting]) -> None:
    form = get_edit_handler(model).get_form_class()(instance=model.load())
    numbers = [field for field in form.fields.values() if field.widget.input_type == "number"]
    assert numbers == []


def test_a_comma_is_kept() -> None:
    rules = ApprovalSettings.load()
    form_class = get_edit_handler(ApprovalSettings).get_form_class()
    form = form_class(instance=rules)
    data = {name: form[name].value() for name in form.fields} | {
        "second_person_above": "1 500,50",
        "day_above": "3000,50",
    }
    form = form_class(data, instance=rules)
    assert form.is_valid(), form.errors
    saved = form.save()
    assert (saved.second_person_above, saved.day_above) == (Decimal("1500.50"), Decimal("3000.50"))
    assert 'value="3000,50"' in str(form_class(instance=saved)["day_above"])


def test_a_meter_types_flow_takes_a_comma() -> None:
    form = get_form_for_model(MeterType, form_class=WagtailAdminModelForm, fields=["maximum_flow"])()
    field = form.fields["maximum_flow"]
    assert isinstance(field.widget, TextInput)
    assert field.clean("5,5") == Decimal("5.5")
