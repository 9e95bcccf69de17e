"""FAULTS 19: a name with markup prints as text; even markup that got through fetches and embeds nothing."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.template import engines
from PIL import Image
from xhtml2pdf.config.resources import ResourceAccessPolicy

from portal.core.pdf import PdfError, engine, fonts, render_html
from tests.pdf import fonts_of, pictures_in, text_of

PAGE = "<style>@page { size: a4; margin: 2cm }</style><style>body { font-family: 'PT Sans' }</style>"
PLAIN = "<html><head>" + PAGE + "</head><body><p>Имя: %s</p></body></html>"
SAFE = PLAIN % "{{ name|safe }}"
ESCAPED = PLAIN % "{{ name }}"


class Web:
    """A web server on loopback that counts who comes."""

    def __init__(self, picture: bytes) -> None:
        requests = self.requests = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                requests.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(picture)

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def picture(settings: object) -> Path:
    """A picture among the residents' files."""
    folder = Path(settings.MEDIA_ROOT) / "private"  # type: ignore[attr-defined]
    folder.mkdir(parents=True)
    Image.new("RGB", (40, 40), "red").save(folder / "passport.png")
    return folder / "passport.png"


@pytest.fixture
def web(picture: Path) -> Iterator[Web]:
    server = Web(picture.read_bytes())
    yield server
    server.close()


NAMES = {
    "img": '<img src="{web}/a.png">',
    "img in media": '<img src="{file}">',
    "img by file scheme": '<img src="file://{file}">',
    "link": '<link rel="stylesheet" type="text/css" href="{web}/a.css">',
    "link to media": '<link rel="stylesheet" type="text/css" href="file://{file}">',
    "import": "<style>@import url({web}/b.css);</style>",
    "import in media": "<style>@import url({file});</style>",
    "font": "<style>@font-face {{ font-family: X; src: url({web}/c.ttf) }} p {{ font-family: X }}</style>",
    "font in media": "<style>@font-face {{ font-family: X; src: url({font}) }} p {{ font-family: X }}</style>",
    "background": '<div style="background-image: url({web}/d.png)">фон</div>',
    "page background": '<style>@page {{ background-image: url("{web}/e.pdf") }}</style>',
    "pdf": '<pdf:insertpdf src="{file}"/>',
}


def _name(kind: str, web: Web, picture: Path) -> str:
    font = Path(fonts.fontpkg_pt_sans.__file__).parent / "files" / fonts.FACES[0][1]
    return NAMES[kind].format(web=web.address, file=picture, font=font)


def _filled(template: str, name: str) -> str:
    return engines["django"].from_string(template).render({"name": name})


@pytest.mark.parametrize("kind", NAMES)
def test_a_hostile_name_prints_as_it_is_written(kind: str, web: Web, picture: Path) -> None:
    pdf = render_html(_filled(ESCAPED, _name(kind, web, picture)))
    assert web.requests == []
    assert pictures_in(pdf) == 0
    assert fonts_of(pdf) == {"PTSans-Regular"}
    assert "Имя: <" in text_of(pdf)


@pytest.mark.parametrize("kind", NAMES)
def test_markup_that_got_through_fetches_and_embeds_nothing(kind: str, web: Web, picture: Path) -> None:
    try:
        pdf = render_html(_filled(SAFE, _name(kind, web, picture)))
    except PdfError:
        pdf = b""
    assert web.requests == []
    if pdf:
        assert pictures_in(pdf) == 0
        assert fonts_of(pdf) == {"PTSans-Regular"}


def test_without_the_policy_the_same_markup_does_reach_out(
    web: Web, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: were the guard lifted, the two tests above would fail."""
    opened = ResourceAccessPolicy(allow_private_networks=True, allow_local_outside_base=True)
    monkeypatch.setattr(engine, "CLOSED", opened)
    fetched = render_html(_filled(SAFE, _name("img", web, picture)))
    embedded = render_html(_filled(SAFE, _name("img in media", web, picture)))
    assert web.requests == ["/a.png"]
    assert pictures_in(fetched) == 1
    assert pictures_in(embedded) == 1
