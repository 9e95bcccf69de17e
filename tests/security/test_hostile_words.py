"""FAULTS 17: words that look like a program are words in the admin, in the cabinet, in mail and in PDF."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core import mail
from django.template import engines
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Contract, User
from portal.accounts.pdfs import APPLICATION_ROWS, application_pdf, contract_pdf, slip_pdf
from portal.core.files.services import open_file
from portal.core.pdf import PdfError
from portal.notifications.declarations import all_kinds
from portal.notifications.enums import DeliveryChannel
from portal.notifications.services import Recipient, notify, send_due
from portal.operations import roles
from portal.receipts.printing import receipt_pdf
from portal.receipts.statement import statement, statement_pdf
from portal.service_requests.commissioning import agreeing
from portal.service_requests.commissioning.certificates import draw_up, pdf_of
from portal.service_requests.commissioning.enums import CertificateKind
from portal.service_requests.commissioning.models import CommissioningApplication
from tests import hostile, receipts
from tests.pdf import pictures_in, words_of
from tests.people import Cast, make_login
from tests.portal.service_requests import samples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]


@pytest.fixture
def spoiled(cast: Cast) -> set[str]:
    roles.setup()
    hostile.facts(cast)
    return hostile.spoil()


@pytest.fixture
def unescaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard switched off: templates escape nothing."""
    monkeypatch.setattr(engines["django"].engine, "autoescape", False)


def _admin() -> Client:
    user = make_login("root", staff=True)
    user.is_superuser = True
    user.save()
    client = Client()
    client.force_login(user)
    return client


def test_the_admin_and_the_cabinet_show_words(cast: Cast, spoiled: set[str]) -> None:
    assert {"Person.last_name", "Complaint.text", "SupportMessage.text", "DispatchRequest.text"} <= spoiled
    resident = Client()
    resident.force_login(cast.anna.user)
    seen = [*hostile.pages_below(_admin(), "/admin/"), *hostile.pages_below(resident, "/personal/")]
    assert [address for address, html in seen if hostile.MARK in html] == []
    assert len([1 for _address, html in seen if hostile.ESCAPED in html]) > 40


def test_the_control_a_page_that_escapes_nothing_shows_marks(cast: Cast, spoiled: set[str], unescaped: None) -> None:
    assert hostile.MARK in _admin().get(reverse("office_account", args=[cast.anna.account.pk])).content.decode()


def _letters() -> list[mail.EmailMultiAlternatives]:
    """A letter of each kind whose text is stored, full of the words."""
    kinds = [kind for kind in all_kinds() if "{" in kind.russian.body and not kind.secrets]
    for kind in kinds:
        context = dict.fromkeys(kind.placeholders, hostile.WORDS)
        notify(
            kind=kind,
            event=f"hostile:{kind}",
            recipients=[Recipient(address="a@mail.example")],
            context=context,
            link_args=kind.link.sample if kind.link else (),
            channels=[DeliveryChannel.EMAIL],
        )
    assert send_due() == len(kinds) == len(mail.outbox)
    return mail.outbox


def test_letters_show_words_in_html_and_in_text(db: None) -> None:
    for sent in _letters():
        ((html, _kind),) = sent.alternatives
        assert hostile.MARK not in html
        assert hostile.ESCAPED in html
        assert hostile.WORDS in sent.body


def test_the_control_a_letter_that_escapes_nothing_shows_marks(unescaped: None) -> None:
    assert hostile.MARK in _letters()[0].alternatives[0][0]


def _contract(cast: Cast) -> bytes:
    contract = Contract.objects.create(
        account=cast.anna.account, person=cast.anna.person, number="1/2026", signed_on=dt.date(2026, 11, 1)
    )
    return contract_pdf(contract, meters=[hostile.WORDS])


def _certificate(cast: Cast) -> bytes:
    application = CommissioningApplication.objects.get()
    (slot,) = samples.slots(1)
    visit = agreeing.agree_by_phone(application=application, slot_id=slot.pk, by=cast.anna.user, now=samples.NOW)
    certificate = draw_up(
        application=application,
        visit=visit,
        kind=CertificateKind.REFUSED,
        meter=None,
        on=samples.TODAY,
        by=cast.anna.user,
    )
    with open_file(pdf_of(certificate)) as file:
        return file.read()


def _shift(cast: Cast) -> bytes:
    return _admin().get("/admin/dispatch/shift/?day=2026-11-12").content


DOCUMENTS: dict[str, Callable[[Cast], bytes]] = {
    "contract": _contract,
    "certificate": _certificate,
    "shift": _shift,
    "slip": lambda cast: slip_pdf(
        user=User.objects.get(pk=cast.anna.user.pk), password="form_token", today=samples.TODAY
    ),
    "application": lambda _cast: application_pdf({name: hostile.WORDS for name, _label in APPLICATION_ROWS}),
    "statement": lambda cast: statement_pdf(
        statement(cast.anna.account, first=samples.TODAY, last=samples.TODAY), issued_on=samples.TODAY
    ),
    "receipt": lambda _cast: receipt_pdf(receipts.usual(payer=hostile.WORDS, address=hostile.WORDS)),
}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_prints_words(cast: Cast, spoiled: set[str], document: str) -> None:
    pdf = DOCUMENTS[document](cast)
    assert "onerror=alert(1)>" in "".join(words_of(pdf).split())
    assert pictures_in(pdf) == 0


def test_the_control_a_document_that_escapes_nothing_takes_the_words_for_a_picture(
    cast: Cast, spoiled: set[str], unescaped: None
) -> None:
    with pytest.raises(PdfError, match="Could not get image data"):
        DOCUMENTS["slip"](cast)
