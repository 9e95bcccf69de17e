"""The pages of the demo's site. Acts of law are real; what the demo made up is called a sample."""

import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any, cast

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image as Drawing
from PIL import ImageDraw
from wagtail.documents.models import Document
from wagtail.images.models import Image
from wagtail.models import Page, Site

from cms_pages.bootstrap import ensure_pages
from cms_pages.complaints.models import AnswerTemplate, ComplaintRules, ComplaintsBookPage
from cms_pages.contacts.models import ContactsPage, Department
from cms_pages.documents.models import DocumentPage, DocumentsIndexPage, NormsPage
from cms_pages.home.models import HomePage
from cms_pages.news.models import NewsCategory, NewsIndexPage, NewsPage
from cms_pages.outages.models import OutagesPage
from cms_pages.standard.models import StandardPage
from cms_pages.tariffs.models import ServicesPage, TariffIndexPage, TariffPage, TariffRate
from portal.accounts.pdfs import application_pdf
from portal.core.pdf.documents import render_document
from portal.operations.demo import content_texts as texts
from portal.operations.demo.world import MORNING, World, at_time


def load(world: World) -> None:
    """Tariffs, services, documents, news, contacts, plain pages, the book's rules."""
    world.at(at_time(world.began, MORNING))
    _home(ensure_pages())
    _contacts(world)
    _how_to_register(world)
    _complaints_book()
    _documents(world)
    _tariffs(world)
    _services(world)
    _news(world)
    OutagesPage.objects.update(advice=texts.WITHOUT_WATER)


def _home(page: HomePage) -> None:
    """The company of the demo in place of the words of a fresh site."""
    page.title, page.summary = texts.HOME_TITLE, texts.HOME_SUMMARY
    page.save_revision().publish()
    Site.objects.filter(root_page=page).update(site_name=texts.HOME_TITLE)


def _add(world: World, parent: Page, page: Page) -> None:
    page.owner = world.staff.get("editor")
    parent.add_child(instance=page)
    _publish(world, page)


def _publish(world: World, page: Page) -> None:
    """Written and published by the editor; a tariff is published by the portal, for an editor alone may not."""
    editor = world.staff.get("editor")
    page.save_revision(user=editor).publish(user=None if isinstance(page, TariffPage) else editor)


def _body(*blocks: tuple[str, Any]) -> str:
    return json.dumps([{"type": kind, "value": value} for kind, value in blocks])


def _texts(rows: tuple[tuple[str, Any], ...]) -> str:
    return _body(*rows)


def _tariffs(world: World) -> None:
    index = TariffIndexPage.objects.get()
    index.explanation_title, index.explanation = texts.WHY_WASTEWATER
    _publish(world, index)
    for number, decided, since, prices in texts.TARIFFS:
        if dt.date.fromisoformat(decided) > world.today:
            continue
        world.at(world.office(dt.date.fromisoformat(decided)))
        price_texts = (f"{price.replace('.', ',')} ₽ за 1 м³" for price in prices[1:])
        page = TariffPage(
            title=f"Тарифы с {since}",
            slug=f"order-{decided}",
            regulator=texts.REGULATOR,
            order_number=number,
            order_date=dt.date.fromisoformat(decided),
            payers="жители, с НДС",
            summary=texts.SAMPLE_ORDER,
            order_file=_document(
                f"Решение № {number}",
                f"order-{decided}.pdf",
                texts.SAMPLE_ORDER,
                tuple(zip(texts.RATE_NAMES, price_texts, strict=True)),
            ),
        )
        day = dt.date.fromisoformat(prices[0])
        page.rates = [
            TariffRate(service=service, price=Decimal(price), valid_from=day)
            for service, price in zip(("cold_water", "hot_water", "wastewater"), prices[1:], strict=True)
        ]
        _add(world, index, page)


def _services(world: World) -> None:
    page = ServicesPage.objects.get()
    world.at(world.office(dt.date(2025, 12, 22)))
    page.valid_from = dt.date(2026, 1, 1)
    page.services = json.dumps(
        [
            {
                "type": "group",
                "value": {
                    "title": title,
                    "offers": [
                        {
                            "name": name,
                            "price": price,
                            "unit": unit,
                            "term": term,
                            "order": order,
                            "link": link,
                            "note": "",
                            "starting": starting,
                            "replacement": name == texts.REPLACEMENT,
                        }
                        for name, price, starting, unit, term, order, link in offers
                    ],
                },
            }
            for title, offers in texts.SERVICES
        ]
    )
    _publish(world, page)


def _file(title: str, name: str, content: bytes) -> Document:
    return Document.objects.create(title=title, file=ContentFile(content, name=name))


def _document(title: str, name: str, subtitle: str, points: tuple[tuple[str, str], ...]) -> Document:
    """A paper of the company as a PDF with text."""
    context = {"title": title, "subtitle": subtitle, "points": points}
    return _file(title, name, render_document("pdf/points.html", context))


def _acts(world: World, index: DocumentsIndexPage) -> None:
    for days, (slug, kind, title, number, dated, issued_by, url, summary) in enumerate(texts.ACTS, 9):
        world.at(world.office(world.began + dt.timedelta(days=days), of=days))
        _add(
            world,
            index,
            DocumentPage(
                title=title,
                slug=slug,
                kind=kind,
                number=number,
                act_date=dt.date.fromisoformat(dated),
                issued_by=issued_by,
                official_url=url,
                summary=summary,
            ),
        )


def _documents(world: World) -> None:
    index = DocumentsIndexPage.objects.get()
    _acts(world, index)
    _add(
        world,
        index,
        DocumentPage(
            title="Как ввести счётчик в эксплуатацию",
            slug="commissioning",
            kind="procedure",
            summary="Порядок компании по правилам № 354: заявка, визит, акт. Бесплатно.",
            body=_texts(texts.COMMISSIONING),
            file=_document(
                "Порядок ввода приборов учёта в эксплуатацию",
                "commissioning.pdf",
                "По Правилам, утверждённым постановлением Правительства РФ № 354",
                texts.COMMISSIONING_DOCUMENT,
            ),
        ),
    )
    _add(
        world,
        index,
        DocumentPage(
            title="Анкета жителя",
            slug="application-form",
            kind="form",
            summary="Бланк, чтобы заполнить от руки и принести в офис.",
            file=_file("Анкета жителя", "application.pdf", application_pdf({})),
        ),
    )
    _add(
        world,
        index,
        NormsPage(
            title="Нормативы потребления",
            slug="norms",
            body=_texts(texts.NORMS),
            summary="Сколько кубометров считают на человека, когда счётчика нет или показаний не передали.",
        ),
    )


def _picture(title: str, shade: int) -> Image:
    """A plain drawing: pipes and water in the site's colours."""
    drawing = Drawing.new("RGB", (1200, 675), (221, 239, 244))
    pen = ImageDraw.Draw(drawing)
    pen.rectangle((0, 430 + shade, 1200, 675), fill=(44, 152, 181))
    pen.ellipse((120 + 40 * shade // 10, 120, 420 + 40 * shade // 10, 420), outline=(0, 98, 125), width=28)
    pen.rectangle((380, 250, 1200, 300), fill=(11, 54, 68))
    pen.rectangle((820, 220, 870, 330), fill=(0, 98, 125))
    return _stored(drawing, title, f"news-{shade}.jpg")


def _map() -> Image:
    """The way to the office: streets, the river, the place, all drawn here."""
    drawing = Drawing.new("RGB", (1200, 675), (233, 240, 242))
    pen = ImageDraw.Draw(drawing)
    pen.polygon([(0, 520), (500, 560), (1200, 470), (1200, 675), (0, 675)], fill=(160, 210, 224))
    for street in ([(0, 180), (1200, 120)], [(0, 400), (1200, 350)], [(260, 0), (330, 560)], [(860, 0), (900, 520)]):
        pen.line(street, fill=(255, 255, 255), width=34)
    pen.rectangle((560, 230, 690, 320), fill=(0, 98, 125))
    pen.ellipse((595, 150, 655, 210), fill=(180, 35, 24))
    pen.polygon([(600, 190), (650, 190), (625, 245)], fill=(180, 35, 24))
    return _stored(drawing, "Как добраться", "map.jpg")


def _stored(drawing: Drawing.Image, title: str, name: str) -> Image:
    out = io.BytesIO()
    drawing.save(out, "JPEG", quality=80)
    out.seek(0)
    return Image.objects.create(title=title, file=ImageFile(out, name=name))


def _news(world: World) -> None:
    index = NewsIndexPage.objects.get()
    categories = {
        slug: NewsCategory.objects.create(name=name, slug=slug, order=order)
        for order, (slug, name) in enumerate(texts.CATEGORIES)
    }
    pictures = [_picture("Труба и задвижка", shade) for shade in (0, 40, 80)]
    for number, (days_ago, category, title, summary, text) in enumerate(texts.NEWS):
        day = world.today - dt.timedelta(days=days_ago)
        world.at(at_time(day, dt.time(10 + number % 7, number * 13 % 60)))
        picture = pictures[number % 3] if number % 2 == 0 else None
        _add(
            world,
            index,
            NewsPage(
                title=title,
                slug=f"news-{number + 1}",
                date=day,
                category=categories[category],
                summary=summary,
                picture=picture,
                picture_alt="Рисунок: труба с задвижкой над водой" if picture else "",
                important_until=world.today + dt.timedelta(days=5) if number == 0 else None,
                body=_body(("text", f"<p>{text}</p>")),
            ),
        )


def _contacts(world: World) -> None:
    page = ContactsPage.objects.get()
    page.directions, page.map_picture, page.map_alt = texts.DIRECTIONS, _map(), texts.MAP_ALT
    departments = [
        Department(sort_order=order, **department)
        for order, department in enumerate(cast("tuple[dict[str, Any], ...]", texts.DEPARTMENTS))
    ]
    for department in departments:
        department.clean_fields(exclude=["page"])  # hours as times: a revision leaves out what it cannot write down
    page.departments = departments
    _publish(world, page)


def _how_to_register(world: World) -> None:
    how = StandardPage.objects.get(slug="how-to-register")
    how.body, how.offers_registration_form = _texts(texts.HOW_TO_REGISTER), True
    _publish(world, how)


def _complaints_book() -> None:
    complaints_book = ComplaintsBookPage.objects.get()
    complaints_book.rules = texts.BOOK_RULES
    complaints_book.save_revision().publish()
    rules = ComplaintRules.load()
    rules.signature = "Н. С. Орлова, главный технолог"
    rules.save()
    for title, kind, text in texts.ANSWER_TEMPLATES:
        AnswerTemplate.objects.get_or_create(title=title, defaults={"kind": kind, "text": text})
