"""Documents that editors publish: looked into by what their name says they are."""

from collections.abc import Callable

from portal.core.files.archives import suffix_of
from portal.core.files.exceptions import FileRefused
from portal.core.files.odf import check_odf
from portal.core.files.ooxml import check_ooxml
from portal.core.files.pdf_rules import check_pdf
from portal.core.files.texts import check_rtf, check_text

_CHECKS: dict[str, Callable[[bytes], object]] = {
    "pdf": check_pdf,
    "docx": lambda data: check_ooxml(data, "docx"),
    "xlsx": lambda data: check_ooxml(data, "xlsx"),
    "odt": lambda data: check_odf(data, "odt"),
    "ods": lambda data: check_odf(data, "ods"),
    "rtf": check_rtf,
    "txt": check_text,
}


def check_document(data: bytes, name: str) -> None:
    """Raise FileRefused with the reason's code unless the file is what its name says and holds nothing active."""
    if not data:
        raise FileRefused("empty")
    check = _CHECKS.get(suffix_of(name.lower()))
    if check is None:
        raise FileRefused("wrong_suffix")
    check(data)
