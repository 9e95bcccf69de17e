"""A dead official source is found by a real request and shown to the editor with its document."""

import datetime as dt
import http.server
import threading
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django_q.models import OrmQ

from cms_pages.documents import fetching
from cms_pages.documents.models import DocumentPage, DocumentsIndexPage, Edition, SourceLink
from cms_pages.documents.services import check_links
from portal.core.clock import MOSCOW
from portal.operations import roles
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]
MONDAY = dt.datetime(2026, 11, 9, 4, 20, tzinfo=MOSCOW)


class _Portal(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(404 if "gone" in self.path else 302 if "moved" in self.path else 200)
        if "moved" in self.path:
            self.send_header("Location", "http://10.0.0.1/")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """Quiet."""


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server on loopback, which counts as public here."""
    monkeypatch.setattr(fetching, "is_public", lambda address: str(address) == "127.0.0.1")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Portal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(fetching, "PORTS", {80, server.server_port})
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _document(title: str, url: str, *, edition: str = "") -> None:
    page = DocumentPage(title=title, slug=title.lower(), kind="law", official_url=url)
    if edition:
        page.editions = [Edition(dated="2020-01-01", url=edition)]
    DocumentsIndexPage.objects.get().add_child(instance=page)
    page.save_revision().publish()


def test_a_dead_source_is_found_shown_and_forgotten_when_mended(portal: str, client: Client) -> None:
    roles.setup()
    _document("Living", f"{portal}/act")
    _document("Moved", f"{portal}/gone", edition=f"{portal}/gone-edition")
    looked = check_links(now=MONDAY)
    assert (looked.alive, looked.dead) == (1, 2)
    check_links(now=MONDAY + dt.timedelta(days=7))
    assert SourceLink.objects.get(url=f"{portal}/gone").failing_since == MONDAY

    editor = people.make_login("editor", staff=True)
    editor.groups.add(Group.objects.get(name="editor"))
    client.force_login(editor)
    assert "source-links/?state=dead" in client.get("/admin/").content.decode()
    html = client.get("/admin/source-links/?state=dead").content.decode()
    assert "Moved" in html
    assert "HTTP 404" in html
    assert "Living" not in html
    assert "Moved" in client.get("/admin/source-links/?export=csv").content.decode("utf-8-sig")

    DocumentPage.objects.filter(title="Moved").update(official_url=f"{portal}/act")
    Edition.objects.all().delete()
    check_links(now=MONDAY + dt.timedelta(days=14))
    assert "source-links/?state=dead" not in client.get("/admin/").content.decode()


def test_an_editor_asks_to_look_now(client: Client) -> None:
    roles.setup()
    editor = people.make_login("editor", staff=True)
    editor.groups.add(Group.objects.get(name="editor"))
    client.force_login(editor)
    before = OrmQ.objects.count()
    assert "через минуту" in client.post("/admin/source-links/", follow=True).content.decode()
    assert OrmQ.objects.count() == before + 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/admin/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:192.168.0.1]/",
        "http://0.0.0.0/",
        "http://93.184.215.14:8080/",
        "ftp://93.184.215.14/",
    ],
)
def test_an_address_of_our_own_network_is_not_asked(url: str) -> None:
    with pytest.raises(fetching.AddressRefused):
        fetching.public_status(url)


def test_a_public_address_is_asked() -> None:
    assert fetching.public_address("https://93.184.215.14/act?x=1") == "93.184.215.14"


def test_a_redirect_into_our_network_is_not_followed(portal: str) -> None:
    with pytest.raises(fetching.AddressRefused):
        fetching.public_status(f"{portal}/moved")


def test_the_control_without_the_look_loopback_answers(portal: str) -> None:
    assert fetching.public_status(f"{portal}/act") == 200
