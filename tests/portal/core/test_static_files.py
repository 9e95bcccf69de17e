"""A release names static files by its own manifest while new code has already collected others."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from portal.core.static_files import ReleaseStaticStorage


@pytest.fixture
def root(settings: Any, tmp_path: Path) -> Path:
    settings.ROOT = tmp_path / "release"
    settings.STATIC_ROOT = str(tmp_path / "static")
    settings.DEBUG = False
    for folder in ("release", "static"):
        (tmp_path / folder).mkdir()
    return tmp_path


def write_manifest(folder: Path, name: str) -> None:
    content = {"version": "1.1", "hash": "", "paths": {"css/site.css": name}}
    (folder / ReleaseStaticStorage.manifest_name).write_text(json.dumps(content))


def test_the_own_manifest_comes_before_the_collected_one(root: Path) -> None:
    write_manifest(root / "static", "css/site.new.css")
    assert ReleaseStaticStorage().url("css/site.css") == "/static/css/site.new.css", "the control: a plain checkout"
    write_manifest(root / "release", "css/site.old.css")
    assert ReleaseStaticStorage().url("css/site.css") == "/static/css/site.old.css"


def test_before_anything_is_collected_there_is_no_manifest(root: Path) -> None:
    storage = ReleaseStaticStorage()
    assert storage.read_manifest() is None
    assert isinstance(storage.manifest_storage, FileSystemStorage)
