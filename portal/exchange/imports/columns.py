"""Columns of foreign files: named by staff once, remembered under the name of their source, found again by headings."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from tempfile import TemporaryFile
from typing import IO

from django.utils import timezone

from portal.accounts.models import User
from portal.core.files.services import open_file
from portal.exchange.files import BrokenFile
from portal.exchange.headings import normal, shown
from portal.exchange.imports.subjects import SUBJECTS, SubjectSpec
from portal.exchange.models import ColumnMapping, Import
from portal.exchange.sources import Source, sources_of
from portal.exchange.tables import HEADING_WITHIN, TableRefused, find_table


@dataclass(frozen=True, slots=True)
class FileHeadings:
    """What a person chooses from: the file's sheets, its headings as they seem to be, and rows below them.

    Rows end with the last column that has a text in one of them: a sheet is read 200 columns wide.
    """

    sheets: tuple[str, ...]
    sheet: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def columns_for(imported: Import) -> Mapping[str, Sequence[str]]:
    """Headings by which an import's file is read: those that were named for its source, else the usual ones."""
    spec = SUBJECTS[imported.subject]
    return _named(spec, imported.mapping.headings) if imported.mapping is not None else spec.columns


def _named(spec: SubjectSpec, headings: Mapping[str, str]) -> dict[str, Sequence[str]]:
    return {name: (headings[name],) for name in spec.columns if headings.get(name)}


def choose_mapping(file: IO[bytes], *, spec: SubjectSpec, sheet: str = "") -> ColumnMapping | None:
    """The remembered columns that fit a file: all their headings stand in it; of several, those used last.

    None where the usual headings are to be tried.
    """
    for mapping in ColumnMapping.objects.filter(subject=spec.subject).order_by("-used_at"):
        columns = _named(spec, mapping.headings)
        try:
            found_table = find_table(file, columns=columns, required=spec.required, sheet=sheet)
        except TableRefused:
            continue
        if found_table.columns.keys() == columns.keys():
            return mapping
    return None


@contextmanager
def stored_file(imported: Import) -> Iterator[IO[bytes]]:
    """The file of an import on local disk, whatever storage holds it: it is read in several ways.

    Raises TableRefused.
    """
    if imported.stored is None:
        raise TableRefused("empty")
    with TemporaryFile() as copy:
        with open_file(imported.stored) as file:
            shutil.copyfileobj(file, copy)
        yield copy


def headings_of(file: IO[bytes], *, sheet: str = "") -> FileHeadings:
    """The headings of a file as they seem to be. Raises TableRefused."""
    try:
        every = sources_of(file)
    except BrokenFile as error:
        raise TableRefused(error.code, str(error.line or "")) from error
    titles = tuple(source.title for source in every if source.title)
    wanted = [source for source in every if source.title == sheet] or every
    best: list[list[str]] = []
    chosen: Source = wanted[0]
    for source in wanted:
        try:
            rows = [[shown(cell) for cell in row] for row in islice(source.rows(), HEADING_WITHIN + 5)]
        except BrokenFile:
            continue
        if _width(rows) > _width(best):
            best, chosen = rows, source
    if not best:
        raise TableRefused("empty")
    place = max(range(min(len(best), HEADING_WITHIN)), key=lambda number: (_heading_count(best[number]), -number))
    headings = tuple(dict.fromkeys(text for text in best[place] if text))
    shown_rows = best[place : place + 4]
    used = max((number for row in shown_rows for number, text in enumerate(row, 1) if text), default=0)
    below = tuple(tuple(row[:used]) for row in shown_rows)
    return FileHeadings(titles, chosen.title, headings, below)


def _width(rows: Sequence[Sequence[str]]) -> int:
    return max((sum(1 for text in row if text) for row in rows), default=0)


def _heading_count(row: Sequence[str]) -> int:
    """How many cells of a row look like headings: text without a digit at its start."""
    return sum(1 for text in row if text and not text[0].isdigit() and not text.startswith("-"))


def guessed(spec: SubjectSpec, headings: Sequence[str]) -> dict[str, str]:
    """Return which headings of a file are known, by the names of our columns."""
    by_normal = {normal(heading): heading for heading in headings}
    return {
        name: next(by_normal[normal(known)] for known in aliases if normal(known) in by_normal)
        for name, aliases in spec.columns.items()
        if any(normal(known) in by_normal for known in aliases)
    }


def remember_columns(*, spec: SubjectSpec, name: str, headings: Mapping[str, str], by: User | None) -> ColumnMapping:
    """Store the columns of a source under its name, in place of what stood under it."""
    mapping, _made = ColumnMapping.objects.update_or_create(
        subject=spec.subject,
        name=name.strip(),
        defaults={"headings": dict(headings), "made_by": by, "used_at": timezone.now()},
    )
    return mapping
