"""Where the translations are not compiled, the roles' table is refused instead of written in English."""

import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.operations.catalogues import uncompiled


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "portal/office/locale/ru/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True)
    path.write_text("", encoding="utf-8")
    return path


def test_a_catalogue_without_a_compiled_file_or_with_an_older_one_is_found(tmp_path: Path, catalogue: Path) -> None:
    assert uncompiled(tmp_path) == [catalogue]
    compiled = catalogue.with_suffix(".mo")
    compiled.touch()
    assert uncompiled(tmp_path) == []
    os.utime(compiled, (0, 0))
    assert uncompiled(tmp_path) == [catalogue]


@pytest.mark.usefixtures("catalogue")
def test_the_table_is_not_written_in_english(tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    settings.ROOT = tmp_path
    with pytest.raises(CommandError, match="make messages"):
        call_command("setup_roles", "--table")
