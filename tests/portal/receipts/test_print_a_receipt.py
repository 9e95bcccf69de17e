"""A receipt's page: every figure is on it, the code pays exactly what it asks, stamping changes no line."""

import gc
import hashlib
import io
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal

import pytest

from portal.core.pdf import PdfError
from portal.core.pdf.forms import Fixed, FormPrinter
from portal.core.pdf.writer import write_pages
from portal.core.qr import payment_string
from portal.receipts.presentation import payment_order, receipt_view
from portal.receipts.printing import FIXED, FLOW, TEMPLATE, form_view, receipt_pdf, write_receipts
from portal.receipts.snapshot import ReceiptData
from tests import receipts
from tests.pdf import codes_of, fonts_of, page_count, text_of, words_of

DRAWN = 8  # the benchmark compares five hundred


def stamped_and_whole(data: list[ReceiptData]) -> tuple[str, str, FormPrinter]:
    printer = FormPrinter(TEMPLATE, FLOW, FIXED)
    views = [form_view(snapshot) for snapshot in data]
    texts = []
    for make in (printer.pages, printer.full_layout):
        file = io.BytesIO()
        write_pages(file, (page for view in views for page in make(view)))
        texts.append(text_of(file.getvalue()))
    return texts[0], texts[1], printer


def test_every_figure_stands_on_one_page() -> None:
    pdf = receipt_pdf(receipts.usual())
    text = words_of(pdf)
    assert page_count(pdf) == 1
    for part in (
        "Платёжный документ за октябрь 2026",
        "№ 0010001-2026-10 от 24 октября 2026",
        "Соколова Анна Петровна",
        "г. Красногорск, Павшинский б-р, 12, кв. 45",
        "10ЕЛ123456 / 10ЕЛ123456-01",
        "площадь 54,3 м², зарегистрировано 3 человека",
        "5 174,49 ₽",
        "до 16 ноября 2026",
        "Холодная вода по показаниям 6,335 48,67 308,32 — 57,14 365,46",
        "Горячая вода по нормативу × 1,5 13,892 245,11 2 270,04 1 135,02 — 3 405,06",
        "Всего за месяц 2 970,18 1 135,02 57,14 4 162,34",
        "Долг по прошлой квитанции 1 240,50 ₽",
        "Оплачено после неё −240,50 ₽",
        "июнь 2026 1 000,00 48 9,50 % 12,15",
        "Холодная вода, № 19-204518 135,120 15.09.2026 141,455 15.10.2026 6,335 14.05.2028",
        "не передано",
        "в т. ч. НДС 22 %: 750,59 ₽",
        "ИНН 5024000016, КПП 502401001",
        "р/с 40702810100000000001",
        "+7 495 000-01-12",
        "холодная вода 4,331 м³ (без исправного счётчика × 3,0)",
    ):
        assert part in text
    assert fonts_of(pdf) == {"PTSans-Regular", "PTSans-Bold"}
    assert len(pdf) <= 60_000


def test_the_code_decodes_to_the_exact_bytes_at_150_dpi() -> None:
    for data in (receipts.usual(), receipts.drawn(3), receipts.usual(to_pay=Decimal("-10.00"))):
        assert codes_of(receipt_pdf(data)) == [payment_string(payment_order(data))]


def test_the_code_asks_for_the_sum_of_the_receipt() -> None:
    text = codes_of(receipt_pdf(receipts.usual()))[0].decode()
    assert "|Sum=517449|PersAcc=0010001|PaymPeriod=102026|" in text
    assert text.startswith("ST00012|Name=АО «Водоканал Павшино»|PersonalAcc=40702810100000000001|")


def test_same_data_give_the_same_file() -> None:
    first = receipt_pdf(receipts.usual())
    receipt_pdf(receipts.drawn(1))
    assert hashlib.sha256(receipt_pdf(receipts.usual())).digest() == hashlib.sha256(first).digest()


def test_data_come_back_from_json_unchanged() -> None:
    data = receipts.drawn(5)
    assert ReceiptData.model_validate(data.model_dump(mode="json")) == data


def test_an_advance_asks_for_nothing() -> None:
    text = words_of(receipt_pdf(receipts.usual(to_pay=Decimal("-120.50"), opening=Decimal("-900.00"))))
    assert "Аванс по прошлой квитанции" in text
    assert "Аванс на следующий месяц 120,50 ₽" in text


def test_a_replaced_receipt_names_the_one_it_replaces() -> None:
    text = words_of(receipt_pdf(receipts.usual(number="0010001-2026-10-2", annuls="0010001-2026-10")))
    assert "Взамен № 0010001-2026-10, который аннулирован" in text


def test_stamping_changes_no_line_of_text() -> None:
    data = [receipts.usual(), *(receipts.drawn(seed) for seed in range(DRAWN))]
    stamped, whole, printer = stamped_and_whole(data)
    assert stamped.splitlines() == whole.splitlines()
    assert printer.stamped == len(data)


def test_what_does_not_fit_its_place_is_laid_out_whole() -> None:
    long = receipts.usual(els="10ЕЛ123456" * 12)
    foreign = receipts.usual(payer="Łukasz Ёлкин")
    stamped, whole, printer = stamped_and_whole([long, foreign])
    assert stamped.splitlines() == whole.splitlines()
    assert printer.stamped == 0
    assert "10ЕЛ123456" * 2 in words_of(receipt_pdf(long)).replace(" ", "")


def test_an_account_with_many_meters_goes_on_to_a_second_page() -> None:
    data = receipts.usual(meters=receipts.usual().meters * 12, notes=receipts.NOTES * 4)
    pdf = receipt_pdf(data)
    assert page_count(pdf) == 2
    assert words_of(pdf).count("линия отреза") == 1
    assert codes_of(pdf) == [payment_string(payment_order(data))]


def test_many_receipts_share_what_they_have_in_common() -> None:
    file = io.BytesIO()
    pages = write_receipts(file, (receipts.usual(account=f"{n:07}") for n in range(20)), title="Октябрь")
    assert pages == page_count(file.getvalue()) == 20
    assert len(file.getvalue()) < 20 * 8_000
    assert len(receipt_pdf(receipts.usual())) > 20_000


@pytest.fixture
def usual_garbage_collection() -> Iterator[None]:
    """Collect as often as Python does by itself: the tests' own threshold lets cycles of garbage stay."""
    threshold = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*threshold)


def test_a_print_run_keeps_no_pages_in_memory(usual_garbage_collection: None) -> None:
    class Nowhere(io.RawIOBase):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            return len(data)

    def peak(number: int) -> int:
        tracemalloc.start()
        write_receipts(Nowhere(), (receipts.usual(account=f"{n:07}") for n in range(number)), title="")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak(2)
    assert peak(40) - peak(5) < 35 * 5_000


def test_a_template_with_a_value_amid_other_words_is_refused(settings: object, tmp_path: object) -> None:
    (tmp_path / "form.html").write_text(  # type: ignore[operator]
        "<style>@page { size: a4; margin: 1cm }</style><p>Долг {{ body.sum }} рублей</p>{{ end }}"
    )
    backend = {**settings.TEMPLATES[0]}  # type: ignore[attr-defined]
    settings.TEMPLATES = [{**backend, "DIRS": [*backend["DIRS"], tmp_path]}]  # type: ignore[attr-defined]
    with pytest.raises(PdfError, match="shares its run"):
        FormPrinter("form.html", ("body",)).pages({"body": {"sum": "5", "title": Fixed("Проба")}})


def test_texts_are_russian_whatever_the_readers_language(settings: object) -> None:
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]
    assert receipt_view(receipts.usual())["head"]["period"] == "октябрь\u00a02026"
