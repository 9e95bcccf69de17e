"""The company's own colour and logo on the site, in the office and in letters; colours nobody can read are refused."""

import io
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Picture
from wagtail.images.models import Image

from portal.core.appearance.contrast import contrast, hue_and_saturation
from portal.core.appearance.fields import check_brand_colour
from portal.core.appearance.palette import READABLE, designed, palette, readable
from portal.core.models import CompanySettings
from tests.people import make_login

PLUM = "#7a1f5c"
READ_TOGETHER = (
    *(("accent", ground) for ground in ("surface", "paper", "soft")),
    *(("accent-hover", ground) for ground in ("surface", "paper", "soft-hover")),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-soft", "soft"),
    ("on-soft", "soft-hover"),
    *(("on-deep", ground) for ground in ("deep", "deep-2", "deep-3")),
    ("on-deep-muted", "deep"),
    ("on-plain", "plain-hover"),
)
"""Text and its ground, by token."""
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def logo() -> Image:
    content = io.BytesIO()
    Picture.new("RGB", (600, 300), "#7a1f5c").save(content, "PNG")
    return Image.objects.create(title="Логотип", file=SimpleUploadedFile("logo.png", content.getvalue()))


def company(**values: object) -> CompanySettings:
    row = CompanySettings.load()
    row.name, row.legal_name = "Водоканал Тест", "АО «Водоканал Тест»"
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def superuser() -> Client:
    boss = make_login("boss", staff=True)
    boss.is_superuser = True
    boss.save()
    client = Client()
    client.force_login(boss)
    return client


@settings(max_examples=60, deadline=None)
@given(colours)
def test_whatever_is_typed_the_colours_that_follow_can_be_read_in_both_themes(typed: str) -> None:
    brand = readable(typed)
    check_brand_colour(brand)
    own = palette(brand)
    for theme, base in ((own.light, designed().light), (own.dark, designed().dark)):
        for text, ground in READ_TOGETHER:
            shown = base | theme
            needed = min(READABLE, contrast(base[text], base[ground]))
            assert contrast(shown[text], shown[ground]) >= needed - 0.1, (brand, text, ground)


@pytest.mark.parametrize("typed", ["red", "#12345", "#12345g", "007a99", "#007a99;}", "#ffe000", "#ffffff", "#9fd"])
def test_what_is_no_colour_or_cannot_be_read_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        check_brand_colour(typed)


def test_the_refusal_names_the_nearest_colour_that_can_be_read() -> None:
    with pytest.raises(ValidationError) as refused:
        check_brand_colour("#ffe000")
    (named,) = re.findall(r"#[0-9a-f]{6}", refused.value.messages[0])
    check_brand_colour(named)
    assert hue_and_saturation(named)[0] == pytest.approx(hue_and_saturation("#ffe000")[0], abs=0.02)


@pytest.mark.django_db
def test_site_and_office_load_the_company_s_colours_and_the_old_address_ends(client: Client) -> None:
    row = company(brand_colour=PLUM)
    page = client.get("/accounts/login/").content.decode()
    (address,) = re.findall(r'href="(/appearance-[^"]+\.css)"', page)
    assert address in superuser().get("/admin/account/").content.decode()
    sheet = client.get(address)
    assert sheet["Content-Type"].startswith("text/css")
    assert "immutable" in sheet["Cache-Control"]
    assert f"--accent:{PLUM};" in sheet.content.decode()
    row.brand_colour = ""
    row.save()
    assert "/appearance-" not in client.get("/accounts/login/").content.decode()
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_the_logo_is_in_the_header_the_tab_and_the_manifest(client: Client) -> None:
    image = logo()
    company(logo=image)
    page = client.get("/accounts/login/").content.decode()
    shown = {rendition.filter_spec: rendition.url for rendition in image.renditions.all()}
    assert f'src="{shown["max-288x96"]}"' in page
    assert shown["fill-64x64|format-png"] in page
    assert client.get("/favicon.ico")["Location"] == shown["fill-64x64|format-png"]
    icons = {icon["sizes"]: icon["src"] for icon in client.get("/manifest.webmanifest").json()["icons"]}
    assert icons == {f"{size}x{size}": shown[f"fill-{size}x{size}|format-png"] for size in (192, 512)}
    image.delete()
    assert "logo--own" not in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_the_form_tells_of_a_colour_that_cannot_be_read_and_keeps_the_rest() -> None:
    row = company()
    client = superuser()
    url = f"/admin/settings/core/companysettings/{row.pk}/"
    form = {"name": "Водоканал Тест", "legal_name": "АО «Водоканал Тест»", "address": "ул. Речная, 1"}
    refused = client.post(url, form | {"brand_colour": "#ffe000"}).content.decode()
    assert "трудно читать" in refused
    assert "ул. Речная, 1" in refused
    assert client.post(url, form | {"brand_colour": PLUM}).status_code == 302
    assert CompanySettings.load().brand_colour == PLUM
    assert 'class="appearance-sample"' in client.get(url).content.decode()
