"""An accountant enters an act of tampering with its paper: shown in ₽ first, nothing lost on the way."""

import datetime as dt
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from portal.billing.models import TamperingReport
from portal.billing.services import Executor, close_period
from portal.core.periods import Period
from tests.conftest import SetDate
from tests.people import Cast, Clerk


def photo() -> SimpleUploadedFile:
    """A photograph of the paper."""
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "JPEG")
    return SimpleUploadedFile("act.jpg", out.getvalue(), content_type="image/jpeg")


def test_the_paper_stays_with_the_form_through_a_change_and_an_error(
    cast: Cast, numbers: None, clerk: Clerk, client: Client, business_date: SetDate
) -> None:
    business_date("2026-11-15")
    close_period(period=Period(2026, 10), closing_day=dt.date(2026, 10, 21), executor=Executor.INLINE)
    clerk("billing.add_tamperingreport", "office.view_account_card")
    url = reverse("office_act")
    form = {
        "account": cast.anna.account.number,
        "service": "cold_water",
        "number": "А-17",
        "drawn_on": "2026-11-10",
        "since": "2026-10-01",
        "until": "2026-11-10",
    }
    shown = client.post(url, {**form, "file": photo()}).context
    stored_file = str(shown["stored_file"].pk)
    wrong = client.post(
        url, {**form, "until": "", "stored_file": stored_file, "preview_token": shown["preview_token"]}
    ).context
    changed = client.post(
        url,
        {
            **form,
            "until": "2026-11-05",
            "stored_file": str(wrong["stored_file"].pk),
            "preview_token": shown["preview_token"],
        },
    )
    assert not TamperingReport.objects.exists()
    client.post(
        url,
        {
            **form,
            "until": "2026-11-05",
            "stored_file": str(changed.context["stored_file"].pk),
            "preview_token": changed.context["preview_token"],
        },
    )
    report = TamperingReport.objects.get()
    assert report.until == dt.date(2026, 11, 5)
    assert report.file is not None
    clerk("billing.add_tamperingreport", username="another")
    assert client.post(url, {**form, "number": "А-18", "stored_file": stored_file}).context["stored_file"] is None
