"""One PDF for residents on paper: by street, house, flat; who has no full address stands last and is listed."""

import io

import pytest

from portal.accounts.enums import ReceiptDelivery
from portal.accounts.models import Account, House, Premises
from portal.billing.services import Executor
from portal.core.files.services import open_file
from portal.core.models import PrivateFile
from portal.core.pdf import render_html
from portal.core.pdf.writer import join_files, write_pages
from portal.receipts import issuing, jobs, print_run
from portal.receipts.exceptions import NothingToPrint
from portal.receipts.models import PrintRun
from portal.receipts.printing import receipt_pages
from tests import receipts
from tests.pdf import page_count, text_of
from tests.people import Cast, make_street
from tests.portal.receipts.conftest import ISSUED_ON, OCTOBER


def move(account: Account, *, street: str, house: str, flat: str) -> None:
    home = House.objects.get_or_create(street=make_street(street), number=house)[0]
    account.premises = Premises.objects.create(house=home, number=flat)
    account.delivery = ReceiptDelivery.PAPER
    account.save()


@pytest.fixture
def on_paper(closed: Cast) -> Cast:
    """All four want paper; the stranger's flat has no number."""
    move(closed.anna.account, street="Речная", house="10", flat="2")
    move(closed.boris.account, street="Речная", house="2", flat="11")
    move(closed.boris_second, street="Речная", house="2", flat="3")
    move(closed.stranger.account, street="Береговая", house="1", flat="")
    issuing.issue_receipts(
        period=OCTOBER, issued_on=ISSUED_ON, executor=Executor.INLINE, notify=False, with_files=False
    )
    return closed


def accounts_in(pdf: bytes) -> list[str]:
    pages = text_of(pdf).split("\f")[:-1]
    return [next(word for word in page.split() if word.startswith("001")).split("-")[0] for page in pages]


def content(run: PrintRun) -> bytes:
    assert run.file is not None
    with open_file(run.file) as file:
        return file.read()


def test_the_order_is_street_house_flat(on_paper: Cast) -> None:
    run = print_run.start_print_run(period=OCTOBER, executor=Executor.INLINE)
    assert accounts_in(content(run)) == ["0010003", "0010002", "0010001", "0019999"]
    assert (run.receipts, run.pages, page_count(content(run))) == (4, 4, 4)
    assert run.without_address == ["0019999"]


def test_it_is_made_in_parts_that_are_joined(on_paper: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_run, "CHUNK", 1)
    run = print_run.start_print_run(period=OCTOBER, executor=Executor.QUEUE)
    parts = list(run.chunks.values_list("pk", flat=True))
    for pk in (*reversed(parts), *parts):
        jobs.print_chunk(pk)
    run.refresh_from_db()
    assert accounts_in(content(run)) == ["0010003", "0010002", "0010001", "0019999"]
    assert PrivateFile.objects.count() == 1


def test_who_reads_on_screen_is_not_printed(on_paper: Cast) -> None:
    Account.objects.exclude(number="0010001").update(delivery=ReceiptDelivery.ELECTRONIC)
    assert list(print_run.paper_receipts(OCTOBER).values_list("account__number", flat=True)) == ["0010001"]
    Account.objects.update(delivery=ReceiptDelivery.ELECTRONIC)
    with pytest.raises(NothingToPrint):
        print_run.start_print_run(period=OCTOBER, executor=Executor.INLINE)


def test_joined_files_are_one_whole_file() -> None:
    parts = []
    for seeds in ((1, 2), (3,)):
        file = io.BytesIO()
        write_pages(file, (page for seed in seeds for page in receipt_pages(receipts.drawn(seed))))
        parts.append(file.getvalue())
    joined = io.BytesIO()
    assert join_files(joined, parts, title="Все") == page_count(joined.getvalue()) == 3
    assert text_of(joined.getvalue()) == "".join(text_of(part) for part in parts)
    with pytest.raises(ValueError, match="PdfWriter"):
        join_files(io.BytesIO(), [render_html("<style>@page { size: a4 }</style><p>Чужой</p>")])
