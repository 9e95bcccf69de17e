"""What editors type or upload wrong is taken rightly or refused in words, with nothing lost."""

import datetime as dt
import io
import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image as Drawing
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.test.utils.form_data import inline_formset, streamfield

from cms_pages.documents.models import DocumentPage, DocumentsIndexPage
from cms_pages.news.models import NewsIndexPage, NewsPage
from cms_pages.tariffs.models import ServicesPage, TariffIndexPage, TariffPage
from portal.billing.enums import ClosingStatus
from portal.billing.models import PeriodRun, Rate
from portal.core.formatting import date_text
from portal.core.pdf.documents import render_document
from portal.service_requests.models import RequestTerms
from tests.cms_pages.editing import add, by_one_person, edit, form, news, publish_seen, staff, tariff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]
COLD = "cold_water"


@pytest.fixture
def editor() -> Client:
    by_one_person()
    client = Client()
    client.force_login(staff("editor"))
    return client


def _decide(editor: Client, *rates: tuple[str, str, str], slug: str = "order") -> str:
    data = tariff("action-publish", *rates, slug=slug)
    return publish_seen(editor, add(editor, TariffIndexPage.objects.get(), "cms_tariffs/tariffpage", data))


def test_a_price_with_a_comma_is_a_price(editor: Client) -> None:
    _decide(editor, (COLD, "1 064,84", "2026-10-01"))
    assert Rate.objects.get().price == Decimal("1064.84")


def test_two_rates_of_one_day_are_refused_and_kept_in_the_form(editor: Client) -> None:
    html = _decide(editor, (COLD, "64,84", "2026-10-01"), (COLD, "70", "2026-10-01"))
    assert "два тарифа с одного дня" in html.lower() or "с одного и того же дня" in html.lower()
    assert 'value="64,84"' in html
    assert not TariffPage.objects.exists()


def test_a_later_decision_takes_over_from_its_day(editor: Client) -> None:
    _decide(editor, (COLD, "64,84", "2026-10-01"))
    _decide(editor, (COLD, "70", "2027-01-01"), slug="next")
    assert list(Rate.objects.order_by("valid_from").values_list("price", flat=True)) == [Decimal("64.84"), Decimal(70)]


def test_a_decision_changed_in_its_form_is_adopted_as_it_stands_then(editor: Client) -> None:
    _decide(editor, (COLD, "64,84", "2026-10-01"))
    page = TariffPage.objects.get()
    existing = {"id": page.rates.get().pk, "service": COLD, "valid_from": "2026-10-01"}

    def change(action: str, price: str) -> None:
        rates = inline_formset([existing | {"price": price}], initial=1)
        publish_seen(editor, edit(editor, page, tariff(action, rates=rates)))

    change("action-publish", "65,10")
    assert Rate.objects.get(withdrawn_at=None).price == Decimal("65.10")
    change("action-save", "70")
    assert Rate.objects.get(withdrawn_at=None).price == Decimal("65.10"), "a draft adopts nothing"


def test_a_rate_of_a_billed_month_is_refused_in_words_at_the_page(editor: Client) -> None:
    _decide(editor, (COLD, "64,84", "2026-10-01"))
    page = TariffPage.objects.get()
    PeriodRun.objects.create(
        period=dt.date(2026, 10, 1),
        closing_day=dt.date(2026, 10, 31),
        status=ClosingStatus.DONE,
        started_at=timezone.now(),
    )
    existing = {"id": page.rates.get().pk, "service": COLD, "valid_from": "2026-10-01", "price": "99"}
    html = edit(editor, page, tariff("action-publish", rates=inline_formset([existing], initial=1)))
    assert date_text(dt.date(2026, 10, 31), year=True) in html
    assert "более поздней датой" in html
    assert Rate.objects.get(withdrawn_at=None).price == Decimal("64.84")
    assert "64,84" in Client().get("/tariffs/").content.decode()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the chooser's preview, Wagtail's own
def test_a_picture_without_words_is_refused_at_its_field(editor: Client) -> None:
    picture = Image.objects.create(title="Труба", file=_photo())
    data = news("action-publish", picture=picture.pk, picture_alt="")
    assert "Скажите в нескольких словах" in add(editor, NewsIndexPage.objects.get(), "cms_news/newspage", data)
    assert not NewsPage.objects.exists()
    add(editor, NewsIndexPage.objects.get(), "cms_news/newspage", news("action-publish", picture="", picture_alt=""))
    assert NewsPage.objects.get().live, "news need no picture"


def _photo(name: str = "photo.jpg", size: tuple[int, int] = (40, 30), padding: int = 0) -> SimpleUploadedFile:
    out = io.BytesIO()
    Drawing.new("RGB", size, "navy").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue() + b"\0" * padding, "image/jpeg")


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (lambda: _photo(padding=20 * 1024 * 1024), "слишком большой"),
        (lambda: SimpleUploadedFile("IMG_1.HEIC", b"\0\0\0\x18ftypheic" + b"\0" * 200, "image/heic"), "формат"),
        (lambda: SimpleUploadedFile("photo.jpg", b"\0\0\0\x18ftypheic" + b"\0" * 200, "image/jpeg"), "изображ"),
    ],
    ids=["20 MB", "HEIC", "HEIC named JPEG"],
)
def test_a_photo_that_cannot_be_taken_is_refused_in_words(editor: Client, upload: object, words: str) -> None:
    html = editor.post("/admin/images/add/", {"title": "Фото", "file": upload()}).content.decode()  # type: ignore[operator]
    assert words in html
    assert not Image.objects.exists()


def _document(editor: Client, file: Document) -> str:
    data = form(
        "action-publish",
        title="Порядок",
        slug="order",
        summary="",
        kind="company",
        number="",
        issued_by="",
        official_url="",
        file=file.pk,
        editions=inline_formset([]),
        body=streamfield([]),
    )
    return add(editor, DocumentsIndexPage.objects.get(), "cms_documents/documentpage", data)


def test_words_of_a_pdf_are_found_and_a_scan_is_named_as_such(editor: Client, client: Client) -> None:
    pdf = render_document("pdf/points.html", {"title": "Порядок", "points": [("Срок", "Опломбируем водомер")]})
    html = _document(editor, Document.objects.create(title="Порядок", file=SimpleUploadedFile("a.pdf", pdf)))
    assert "нет текста" not in html
    assert "/documents/order/" in client.get("/documents/?q=водомеры").content.decode()
    DocumentPage.objects.all().delete()
    scan = io.BytesIO()
    Drawing.new("RGB", (200, 200), "white").save(scan, "PDF")
    html = _document(editor, Document.objects.create(title="Скан", file=SimpleUploadedFile("b.pdf", scan.getvalue())))
    assert "нет текста" in html
    assert DocumentPage.objects.get().live


def test_the_price_of_a_replacement_goes_down_to_those_who_replace(editor: Client) -> None:
    offer = {
        "name": "Замена счётчика",
        "note": "null",
        "price": "3 200,00",
        "starting": "",
        "unit": "за прибор",
        "term": "5 дней",
        "order": "",
        "link": "javascript:alert(1)",
        "replacement": "on",
    }
    page = ServicesPage.objects.get()

    def fields(**changes: str) -> dict[str, object]:
        offers = {"0": {"type": "item", "value": offer | changes, "order": "0", "deleted": "", "id": ""}, "count": "1"}
        group = {"title": "Счётчики", "offers": offers}
        return form(
            "action-publish",
            title="Услуги",
            slug="services",
            summary="",
            valid_from="2026-01-01",
            services=streamfield([("group", group)]),
        )

    assert json.dumps("Начните с")[1:-1] in edit(editor, page, fields())
    assert RequestTerms.load().replacement_price is None
    edit(editor, page, fields(link="/personal/requests/"))
    assert RequestTerms.load().replacement_price == Decimal("3200.00")
    assert dt.date(2026, 1, 1) == ServicesPage.objects.get().valid_from


@pytest.mark.parametrize("has_children", ["true", "false"])
def test_a_search_of_the_explorer_goes_with_its_filter_by_child_pages(editor: Client, has_children: str) -> None:
    home = NewsIndexPage.objects.get().get_parent()
    answer = editor.get(f"/admin/pages/{home.pk}/results/", {"q": "Новости", "has_child_pages": has_children})
    assert answer.status_code == 200
