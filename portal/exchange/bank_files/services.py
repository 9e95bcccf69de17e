"""Files of banks: taken, read for a dry run, imported. Bytes in; the facts are payments'."""

import csv
import datetime as dt
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace

from django.utils import translation

from portal.accounts.models import User
from portal.core.files.services import open_file, store_file
from portal.core.models import CompanySettings
from portal.exchange.bank_files.dbase import dbf_rows
from portal.exchange.bank_files.delimited import read_delimited
from portal.exchange.bank_files.statement import read_statement
from portal.exchange.bank_files.tables import csv_table, read_table, xlsx_table
from portal.exchange.bank_files.text import decoded
from portal.exchange.bank_files.two_files import read_two_files
from portal.payments.enums import Field, FileState, Layout
from portal.payments.exceptions import BankFileRefused
from portal.payments.messages import file_refusal
from portal.payments.models import BankFile, BankFileTemplate
from portal.payments.services.bank_files import ParsedLine, imported_twin, receive_file, store_dry_run
from portal.payments.staff_notices import notify_bank_file_refused

KIND = "registry"
LARGEST = 30 * 1024 * 1024
RECHECKED = (FileState.UPLOADED, FileState.CHECKED, FileState.REFUSED)
_ACCOUNT_IN_NAME = re.compile(r"(?<!\d)(\d{20})(?!\d)")


def unpacked(*, name: str, data: bytes, files: int = 1) -> tuple[str, bytes]:
    """The bank file itself: a ZIP with so many files is opened and they are joined, memory stays bounded.

    Raises BankFileRefused: empty, too_big, broken, archive (another number of files).
    """
    if not data:
        raise BankFileRefused("empty")
    if len(data) > LARGEST:
        raise BankFileRefused("too_big")
    if not data.startswith(b"PK\x03\x04") or name.lower().endswith(".xlsx"):
        return name, data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inner = [entry for entry in archive.infolist() if not entry.is_dir()]
            if any(entry.filename == "[Content_Types].xml" for entry in inner):
                return name, data
            if len(inner) != files:
                raise BankFileRefused("archive", f"{len(inner)} / {files}")
            content = b"\r\n".join(_opened(archive, entry) for entry in inner)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise BankFileRefused("broken") from error
    if len(content) > LARGEST:
        raise BankFileRefused("too_big")
    if not content:
        raise BankFileRefused("empty")
    return inner[0].filename.rsplit("/", 1)[-1], content


def _opened(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as opened:
        return opened.read(LARGEST + 1)


def take_bank_file(
    *,
    template: BankFileTemplate,
    name: str,
    data: bytes,
    by: User | None,
    now: dt.datetime,
    today: dt.date,
    paid_on: dt.date | None = None,
) -> BankFile:
    """Store a bank's file and read it whole: the dry run. Nothing is credited.

    `paid_on` is the day of all payments, for a template whose files have no dates. Raises BankFileRefused for a file
    that is not even kept: empty, too_big, broken, archive, already_imported, paid_on (the day is not given).
    What else is wrong stands in the returned row and its lines.
    """
    if has_dates(template):
        paid_on = None
    elif paid_on is None:
        raise BankFileRefused("paid_on")
    files = 2 if template.layout == Layout.TWO_FILES else 1
    inner_name, content = unpacked(name=name, data=data, files=files)
    digest = hashlib.sha256(content).hexdigest()
    twin = imported_twin(digest)
    if twin is not None:
        raise BankFileRefused("already_imported", f"{twin.name}, {twin.uploaded_at:%d.%m.%Y}")
    stored = store_file(
        kind=KIND,
        owner=f"registry:{digest[:16]}",
        name=inner_name[-120:],
        content=content,
        content_type="application/octet-stream",
    )
    file = receive_file(
        template=template, name=inner_name, sha256=digest, stored=stored, paid_on=paid_on, by=by, now=now
    )
    return dry_run(file=file, content=content, today=today)


def has_dates(template: BankFileTemplate) -> bool:
    """Whether files of a template tell the days of payments themselves."""
    return template.layout == Layout.EXCHANGE_1C or any(column.field == Field.DATE for column in template.columns.all())


def dry_run(*, file: BankFile, content: bytes | None = None, today: dt.date) -> BankFile:
    """Read a stored file (again): every line with what is wrong with it."""
    if content is None:
        if file.stored is None:
            raise BankFileRefused("empty")
        with open_file(file.stored) as opened:
            content = opened.read()
    warnings: list[str] = []
    file.warnings = warnings
    file = store_dry_run(file=file, lines=read_lines(file=file, content=content, warnings=warnings), today=today)
    if file.refusal or file.bad:
        with translation.override("ru"):
            why = file_refusal(file).rstrip(".")
        notify_bank_file_refused(file, why=why)
    return file


def recheck_bank_file(*, file: BankFile, today: dt.date) -> BankFile:
    """Read a stored file again after its template was changed. Raises BankFileRefused: state, empty."""
    if file.state not in RECHECKED:
        raise BankFileRefused("state")
    return dry_run(file=file, today=today)


def read_lines(*, file: BankFile, content: bytes, warnings: list[str]) -> Iterator[ParsedLine]:
    """The lines of a file by its template, one at a time. Raises BankFileRefused, at the latest after the last line."""
    try:
        for line in _read(file, content, warnings):
            dated = line.paid_on is not None or file.paid_on is None
            yield line if dated else replace(line, paid_on=file.paid_on)
    except csv.Error as error:
        raise BankFileRefused("broken") from error


def _read(file: BankFile, content: bytes, warnings: list[str]) -> Iterator[ParsedLine]:
    template, ours = file.template, CompanySettings.load().bank_account
    named = _ACCOUNT_IN_NAME.search(file.name)
    if named is not None and ours and named[1] != ours:
        raise BankFileRefused("other_account", named[1][-4:])
    if content.startswith(b"PK\x03\x04"):
        if template.layout != Layout.TABLE:
            raise BankFileRefused("other_layout", "XLSX")
        yield from read_table(template=template, rows=xlsx_table(content, template, warnings), warnings=warnings)
        return
    if template.layout == Layout.DBF:
        yield from read_table(template=template, rows=dbf_rows(content, template.encoding), warnings=warnings)
        return
    text = decoded(content, template.encoding)
    if template.layout == Layout.TABLE:
        yield from read_table(template=template, rows=csv_table(text, template), warnings=warnings, is_text=True)
    elif template.layout == Layout.TWO_FILES:
        yield from read_two_files(template=template, text=text)
    elif template.layout == Layout.EXCHANGE_1C:
        yield from read_statement(template=template, text=text, our_account=ours, warnings=warnings)
    else:
        yield from read_delimited(template=template, text=text, warnings=warnings)
