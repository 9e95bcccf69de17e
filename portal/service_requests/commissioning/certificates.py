"""Commissioning certificates: data as they were on the day, the PDF in two copies, the signed scan."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from portal.accounts.enums import Service
from portal.core.files.services import store_file
from portal.core.formatting import user_name
from portal.core.models import CompanySettings, PrivateFile
from portal.core.pdf.documents import render_document
from portal.metering.models import Meter
from portal.service_requests.commissioning.enums import CertificateKind
from portal.service_requests.commissioning.exceptions import AlreadySigned
from portal.service_requests.commissioning.models import (
    CommissioningApplication,
    CommissioningCertificate,
    Visit,
    VisitCheck,
)
from portal.service_requests.permissions import COMMISSIONING_CERTIFICATE


def draw_up(
    *,
    application: CommissioningApplication,
    visit: Visit,
    kind: CertificateKind,
    meter: Meter | None,
    on: dt.date,
    by: AbstractBaseUser | None,
) -> CommissioningCertificate:
    """Write the certificate of a visit for an application; its PDF is made by `pdf_of`."""
    return CommissioningCertificate.objects.create(
        number=f"{application.number}-{visit.pk}",
        kind=kind,
        account=application.account,
        application=application,
        meter=meter,
        made_on=on,
        data=_data(application, visit, kind, meter, on, by),
    )


def _data(
    application: CommissioningApplication,
    visit: Visit,
    kind: CertificateKind,
    meter: Meter | None,
    on: dt.date,
    by: AbstractBaseUser | None,
) -> dict[str, Any]:
    check = VisitCheck.objects.filter(visit=visit).first()
    old = application.replaces
    old_value = check.old_value if check is not None and check.old_value is not None else application.final_value
    missed = check is None and kind == CertificateKind.COMMISSIONED
    return {
        "account": application.account.number,
        "address": application.account.premises.address,
        "applicant": application.applicant,
        "phone": application.phone,
        "engineer": user_name(by),
        "service": str(Service(application.service).label),
        "place": application.place,
        "type": application.type_name,
        "serial_number": application.serial_number,
        "seal_number": check.seal_number if check else "",
        "mounted_by": application.mounted_by,
        "mounted_on": application.mounted_on.isoformat(),
        "verified_until": application.verified_until.isoformat(),
        "value": str(check.value if check else application.mounting_value),
        "in_service_on": on.isoformat(),
        "counts_from": meter.commissioned_on.isoformat() if meter else "",
        "old_serial": old.serial_number if old else "",
        "old_value": str(old_value) if old and old_value is not None else "",
        "passport_matches": check.passport_matches if check else None,
        "serial_seen": check.serial_seen if check else "",
        "scheme_right": check.scheme_right if check else None,
        "working": check.working if check else None,
        "note": check.note if check else "",
        "missed": missed,
        "applied_on": application.submitted_at.date().isoformat(),
        "reasons": [{"text": r.text, "advice": r.advice} for r in application.reasons.all()],
    }


def pdf_of(certificate: CommissioningCertificate) -> PrivateFile:
    """The certificate's PDF in two copies, made at the first call. Raises FileRefused when there is no space for it."""
    if certificate.file is not None:
        return certificate.file
    content = render_document("pdf/commissioning_certificate.html", page_of(certificate), copies=2)
    stored = store_file(
        kind=COMMISSIONING_CERTIFICATE,
        owner=f"act:{certificate.pk}",
        name=f"akt-{certificate.number}.pdf",
        content=content,
        content_type="application/pdf",
    )
    CommissioningCertificate.objects.filter(pk=certificate.pk, file=None).update(file=stored)
    certificate.refresh_from_db()
    return certificate.file or stored


def page_of(certificate: CommissioningCertificate) -> dict[str, Any]:
    """Return what the template of the certificate shows."""
    data = dict(certificate.data)
    for name in ("mounted_on", "verified_until", "in_service_on", "counts_from", "applied_on"):
        data[name] = dt.date.fromisoformat(data[name]) if data.get(name) else None
    for name in ("value", "old_value"):
        data[name] = Decimal(data[name]) if data.get(name) else None
    company = CompanySettings.load()
    return {
        "certificate": certificate,
        "data": data,
        "refused": certificate.kind == CertificateKind.REFUSED,
        "parties": [
            {"role": "Исполнитель", "lines": [company.legal_name], "name": data["engineer"] or "…"},
            {"role": "Потребитель", "lines": [data["address"]], "name": data["applicant"]},
        ],
    }


@transaction.atomic
def attach_signed(*, certificate: CommissioningCertificate, scan: PrivateFile) -> CommissioningCertificate:
    """Keep the scan of the signed certificate; once. Raises AlreadySigned."""
    if not CommissioningCertificate.objects.filter(pk=certificate.pk, signed=None).update(signed=scan):
        raise AlreadySigned(certificate.number)
    certificate.refresh_from_db()
    return certificate
