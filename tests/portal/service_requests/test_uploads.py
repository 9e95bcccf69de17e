"""Files of requests: hostile ones refused at every form, no space in the middle of one, shown to whom it concerns.

FAULTS 9 and 11.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from portal.accounts.models import User
from portal.core.files.storage import PrivateStorage, WholeFileStorage
from portal.core.models import PrivateFile
from portal.metering.models import Meter
from portal.service_requests.commissioning import services as meters
from portal.service_requests.commissioning.models import CommissioningCertificate, Visit, VisitPhoto
from tests.people import Cast
from tests.portal.office.test_dispatch_and_field import engineer, staff
from tests.portal.service_requests.samples import NOW, applied, good_check, slots
from tests.portal.service_requests.test_in_the_cabinet import logged_in, photo, sent

__all__ = ["engineer"]


REFUSALS = ("не принимаем", "15 МБ", "содержит программу", "не читается", "мегапикс")


def hostile() -> Iterator[tuple[str, bytes]]:
    """A name and a content that no form takes."""
    yield "a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    yield "../../x.py", b"import os"
    yield "IMG_1.heic", b"\x00\x00\x00\x18ftypheic" + b"0" * 50
    yield "a\u202egpj.exe", b"MZ" + b"0" * 50
    yield "p.pdf", b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"
    yield "bomb.jpg", _pixel_bomb()
    yield "30mb.jpg", b"\xff\xd8\xff" + b"x" * (30 * 1024 * 1024)


def _pixel_bomb() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG")
    header = bytearray(out.getvalue())
    at = header.find(b"\xff\xc0")
    header[at + 5 : at + 9] = b"\xff\xdc\xff\xdc"
    return bytes(header)


def status(client: Client, url: str) -> int:
    answer = client.get(url, follow=True)
    b"".join(getattr(answer, "streaming_content", ()))
    return answer.status_code


def visit_of(cast: Cast) -> Visit:
    user = User.objects.get(username="engineer")
    return meters.agree_by_phone(application=applied(cast), slot_id=slots()[0].pk, by=user, now=NOW)


def checklist(**changed: object) -> dict[str, object]:
    return {
        "passport_matches": "on",
        "serial_seen": "31507442",
        "scheme_right": "on",
        "working": "on",
        "value": "0,480",
        "seal_number": "П-1",
        "action": "accept",
        "note": "Кран тугой",
    } | changed


def test_no_form_of_ours_takes_a_hostile_file(engineer: Client, cast: Cast) -> None:
    visit = visit_of(cast)
    certificate = CommissioningCertificate.objects.create(
        number="x", kind="commissioned", account=cast.boris.account, made_on=NOW.date(), data={"x": 1}
    )
    meter = Meter.objects.get(serial_number="A-1001")
    before = set(PrivateFile.objects.values_list("pk", flat=True))
    anna = logged_in(cast.anna)
    forms = [
        (anna, "/personal/requests/new/", "photos", sent(cast)),
        (anna, "/personal/requests/meters/new/", "passport", {"form_token": "1"}),
        (anna, f"/personal/requests/replacement/{meter.pk}/certificate/", "certificate", {}),
        (engineer, f"/admin/field/visit/{visit.pk}/", "photos", checklist()),
        (engineer, f"/admin/field/act/{certificate.pk}/signed/", "scan", {}),
    ]
    for name, content in hostile():
        for client, url, field, data in forms:
            answer = client.post(url, data | {field: SimpleUploadedFile(name, content)}, follow=True)
            assert answer.status_code in {200, 422}, url
            html = answer.content.decode().replace("\u00a0", " ")
            assert any(word in html for word in REFUSALS), (url, name)
    assert set(PrivateFile.objects.values_list("pk", flat=True)) == before


def test_a_photo_of_the_visit_is_kept_over_an_error_and_seen_by_the_holder_alone(engineer: Client, cast: Cast) -> None:
    visit = visit_of(cast)
    url = f"/admin/field/visit/{visit.pk}/"
    heic = SimpleUploadedFile("IMG_1.heic", b"\x00\x00\x00\x18ftypheic" + b"0" * 50)
    html = engineer.post(url, checklist(photos=[photo("пломба.jpg"), heic])).content.decode()
    assert "IMG_1.heic" in html
    assert "Кран тугой" in html, "what was typed stays"
    kept = PrivateFile.objects.get(name="пломба.jpg")
    assert str(kept.pk) in html
    assert not VisitPhoto.objects.exists()
    engineer.post(url, checklist(**{"photos-stored": str(kept.pk)}))
    assert VisitPhoto.objects.get().file == kept
    assert "пломба.jpg" in engineer.get(url).content.decode()
    assert status(logged_in(cast.boris), f"/files/{kept.pk}/") == 200
    assert logged_in(cast.stranger).get(f"/files/{kept.pk}/").status_code == 404
    assert staff("editor", "edit_texts")[0].get(f"/files/{kept.pk}/").status_code == 404


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control: half a file stays"])
def test_no_space_in_the_middle_of_a_file(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: object, guarded: bool
) -> None:
    def half(self: File, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    client = logged_in(cast.anna)
    client.get("/personal/requests/new/")
    if not guarded:
        monkeypatch.setattr(WholeFileStorage, "_save", FileSystemStorage._save)
    with monkeypatch.context() as full:
        full.setattr(File, "chunks", half)
        answer = client.post("/personal/requests/new/", sent(cast, photos=[photo()]))
    assert answer.status_code == 422
    assert "нет места" in answer.content.decode()
    assert not PrivateFile.objects.exists()
    left = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]  # type: ignore[attr-defined]
    assert bool(left) is not guarded


def test_no_space_for_the_act_leaves_the_visit_done_and_the_act_to_be_made_later(
    engineer: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = visit_of(cast)
    user = User.objects.get(username="engineer")
    certificate = meters.put_into_service(visit=visit, check=good_check(), by=user, moment=NOW, early=True)

    def full(*args: object, **kwargs: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as nowhere:
        nowhere.setattr(PrivateStorage, "_save", full)
        answer = engineer.get(f"/admin/field/act/{certificate.pk}/", follow=True)
        assert "места" in answer.content.decode()
    certificate.refresh_from_db()
    assert certificate.file is None
    assert status(engineer, f"/admin/field/act/{certificate.pk}/") == 200
    certificate.refresh_from_db()
    assert certificate.file is not None
