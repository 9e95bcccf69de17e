"""Reading PDFs back as a person or a phone would: text by pdftotext, pictures by pdftoppm, codes by zxing-cpp."""

import io
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdf
import zxingcpp
from PIL import Image


def _poppler(program: str, pdf: bytes, *options: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "document.pdf"
        path.write_bytes(pdf)
        output = Path(folder) / "output"
        subprocess.run([program, *options, str(path), str(output)], check=True, capture_output=True)
        made = [output, *sorted(Path(folder).glob("output*"))]
        return next(file for file in made if file.exists()).read_bytes()


def text_of(pdf: bytes) -> str:
    """The text as laid out on the pages, no-break spaces as spaces."""
    return _poppler("pdftotext", pdf, "-layout").decode().replace("\u00a0", " ")


def words_of(pdf: bytes) -> str:
    """The text as one line of words."""
    return " ".join(text_of(pdf).split())


def page_count(pdf: bytes) -> int:
    """How many pages there are."""
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def picture_of(pdf: bytes, *, dpi: int = 150) -> Image.Image:
    """The first page as a picture."""
    data = _poppler("pdftoppm", pdf, "-png", "-r", str(dpi), "-f", "1", "-l", "1")
    return Image.open(io.BytesIO(data))


def codes_of(pdf: bytes, *, dpi: int = 150) -> list[bytes]:
    """The bytes of the QR codes on the first page."""
    barcodes = zxingcpp.read_barcodes(picture_of(pdf, dpi=dpi), formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.bytes for code in barcodes]


def fonts_of(pdf: bytes) -> set[str]:
    """The names of the embedded fonts, without the prefix of a subset."""
    names = set()
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            if "/FontDescriptor" in font.get_object():
                names.add(font.get_object()["/BaseFont"].split("+")[-1])
    return names


def pictures_in(pdf: bytes) -> int:
    """How many pictures are embedded."""
    return sum(len(page.images) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
