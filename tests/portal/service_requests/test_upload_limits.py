"""Uploads: so many per login and hour, a quota, ten of a form; what no request holds goes after a day."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.accounts.models import User
from portal.core.files import holding
from portal.core.files.holding import sweep_files, unattached
from portal.core.files.services import store_file, waiting_kinds
from portal.core.files.storage import PrivateStorage
from portal.core.jobs import sweep_files as job
from portal.core.models import PrivateFile
from portal.core.rate_limits.models import RateCounter, RateLimits
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.permissions import PHOTO, own_upload
from tests.people import Cast
from tests.portal.service_requests.test_in_the_cabinet import TEXT, logged_in, photo, sent

pytestmark = pytest.mark.django_db
NEW = "/personal/requests/new/"


def set_limits(**numbers: int) -> None:
    RateLimits.load()
    RateLimits.objects.update(**numbers)


def stored(user: User, *, kind: str = PHOTO, size: int = 1000, days_old: int = 0) -> PrivateFile:
    made = store_file(
        kind=kind, owner=own_upload(user.pk), name="a.jpg", content=b"x" * size, content_type="image/jpeg"
    )
    PrivateFile.objects.filter(pk=made.pk).update(created_at=timezone.now() - dt.timedelta(days=days_old, minutes=1))
    return made


def test_too_many_files_in_an_hour_are_refused_with_the_time_and_nothing_is_lost(cast: Cast) -> None:
    set_limits(upload_login_hour=3)
    client = logged_in(cast.anna)
    client.post(NEW, sent(cast, text="", photos=[photo("1.jpg"), photo("2.jpg")]))
    page = client.post(NEW, sent(cast, photos=[photo("3.jpg"), photo("4.jpg")]))
    assert page.status_code == 429
    assert int(page["Retry-After"]) > 0
    html = page.content.decode()
    assert "4.jpg: Вы отправили 3 файла за час. Снова можно через" in html
    assert TEXT in html
    assert "3.jpg" in html, "what was taken is kept on the form"
    assert not DispatchRequest.objects.exists()
    assert PrivateFile.objects.count() == 3


def test_bytes_are_counted_before_a_file_is_looked_into(cast: Cast) -> None:
    set_limits(upload_size_login_hour=1)
    client = logged_in(cast.anna)
    big = SimpleUploadedFile("big.jpg", b"\xff\xd8\xff" + b"x" * 2 * 1024 * 1024, content_type="image/jpeg")
    page = client.post(NEW, sent(cast, photos=[big]))
    assert page.status_code == 429
    assert "Вы отправили 1 МБ файлов за час" in page.content.decode()


def test_a_refused_file_counts_too(cast: Cast) -> None:
    set_limits(upload_login_hour=2)
    client = logged_in(cast.anna)
    svg = [SimpleUploadedFile(f"{n}.svg", b"<svg/>", content_type="image/svg+xml") for n in range(3)]
    assert client.post(NEW, sent(cast, photos=svg)).status_code == 429


def test_ten_files_of_one_request_are_looked_into_whatever_their_field(cast: Cast) -> None:
    client = logged_in(cast.anna)
    files = {
        "passport": [photo(f"p{n}.jpg") for n in range(8)],
        "certificate": [photo(f"c{n}.jpg") for n in range(8)],
    }
    page = client.post("/personal/requests/meters/new/", files)
    assert PrivateFile.objects.count() == 10
    assert "c2.jpg: не рассмотрен: слишком много файлов сразу" in page.content.decode()


@pytest.mark.parametrize(
    ("setting", "words"),
    [("unattached_megabytes", "загрузили много файлов без заявки"), ("stored_megabytes", "заняли всё место")],
)
def test_a_login_has_a_quota(cast: Cast, setting: str, words: str) -> None:
    set_limits(**{setting: 1})
    stored(cast.anna.user, size=1024 * 1024)
    page = logged_in(cast.anna).post(NEW, sent(cast, photos=[photo()]))
    assert page.status_code == 422
    assert words in page.content.decode()
    other = logged_in(cast.boris).post(NEW, sent(cast, account=cast.boris.account.pk, photos=[photo()]))
    assert other.status_code == 302


def test_files_of_a_refused_form_go_after_a_day_and_those_of_a_request_stay(cast: Cast) -> None:
    client = logged_in(cast.anna)
    client.post(NEW, sent(cast, photos=[photo("sent.jpg")]))
    held = PrivateFile.objects.get()
    client.post(NEW, sent(cast, form_token="def", text="", photos=[photo("refused.jpg")]))
    waiting = PrivateFile.objects.exclude(pk=held.pk).get()
    assert sweep_files(moment=timezone.now()).unattached == 0
    path = Path(waiting.file.path)
    assert path.exists()
    assert sweep_files(moment=timezone.now() + dt.timedelta(days=1, hours=1)).unattached == 1
    assert list(PrivateFile.objects.all()) == [held]
    assert not path.exists()
    assert Path(held.file.path).exists()


def test_a_file_that_a_request_takes_while_it_is_swept_stays(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = logged_in(cast.anna)
    client.post(NEW, sent(cast, photos=[photo("sent.jpg")]))
    held = PrivateFile.objects.get()
    assert not holding._delete(held.pk)
    with monkeypatch.context() as patch:
        patch.setattr(holding, "unattached", PrivateFile.objects.all)  # as it looked a moment ago
        assert not holding._delete(held.pk), "the database's own constraint"
    assert Path(held.file.path).exists()


def test_kinds_that_wait_are_those_that_people_upload() -> None:
    assert waiting_kinds() == {
        "dispatch-photo",
        "file_import",
        "meter-paper",
        "office_import",
        "personal-document",
        "complaint",
    }


def test_issued_papers_are_never_swept(cast: Cast) -> None:
    made = stored(cast.anna.user, kind="receipt", days_old=400)
    assert made in unattached()
    assert sweep_files(moment=timezone.now()).unattached == 0


def test_old_files_without_a_row_are_found(cast: Cast) -> None:
    held = stored(cast.anna.user, kind="receipt")
    folder = Path(PrivateStorage().location) / "dispatch-photo"
    folder.mkdir(parents=True, exist_ok=True)
    old, young = folder / "old", folder / "young"
    for path in (old, young):
        path.write_bytes(b"x")
    month_ago = timezone.now().timestamp() - 30 * 24 * 3600
    os.utime(old, (month_ago, month_ago))
    os.utime(held.file.path, (month_ago, month_ago))
    assert job() == "unattached 0, without a row 1"
    assert not old.exists()
    assert young.exists()
    assert Path(held.file.path).exists()


def test_an_hour_later_files_are_taken_again(cast: Cast) -> None:
    set_limits(upload_login_hour=1)
    client = logged_in(cast.anna)
    client.post(NEW, sent(cast, text="", photos=[photo()]))
    RateCounter.objects.update(ends_at=timezone.now() - dt.timedelta(seconds=1))
    assert client.post(NEW, sent(cast, photos=[photo()])).status_code == 302
