"""/healthz answers while the process lives; /readyz says what is missing."""

from pathlib import Path

import pytest
from django.test import Client


def test_the_process_answers_without_a_database(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


@pytest.mark.django_db
def test_ready_when_everything_answers(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert set(response.json()) == {"database", "queue", "storage"}


@pytest.mark.django_db
def test_a_storage_that_does_not_take_files_is_told(client: Client, settings: object) -> None:
    place = Path(settings.MEDIA_ROOT)  # type: ignore[attr-defined]
    place.mkdir(parents=True)
    (place / "private").write_text("a file where the folder should be")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["storage"].startswith("failed")
