"""The pages that a fresh site has: home, one page for each section, the personal data policy.

They stand at the addresses that the portal promises.

Safe to run again: what an editor made, renamed or unpublished stays as it is.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from wagtail.models import Locale, Page, Site, Task, Workflow

from cms_pages.complaints.models import ComplaintsBookPage
from cms_pages.contacts.models import ContactsPage, SupportPage
from cms_pages.core import disclosure, privacy
from cms_pages.core.models import BasePage
from cms_pages.core.moderation import apply_rules
from cms_pages.documents.models import DocumentsIndexPage
from cms_pages.home.models import HomePage
from cms_pages.news.models import NewsIndexPage
from cms_pages.outages.models import OutagesPage
from cms_pages.standard.models import StandardPage
from cms_pages.tariffs.models import ServicesPage, TariffIndexPage
from portal.core.models import CompanySettings

WAGTAILS_WORKFLOW = "Moderators approval"
WAGTAILS_GROUPS = ("Moderators", "Editors")


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A section: its page type, address and words."""

    model: type[BasePage]
    slug: str
    title: str
    summary: str


HOME_TITLE = "Водоканал"
HOME_SUMMARY = "Холодная вода и канализация: показания, счета, оплата, отключения, заявки."
SECTIONS: tuple[SectionPage, ...] = (
    SectionPage(NewsIndexPage, "news", "Новости", "Что делаем на сетях, что меняется в расчётах, как работает офис."),
    SectionPage(TariffIndexPage, "tariffs", "Тарифы", "Сколько стоит кубометр, как менялась цена и какими решениями."),
    SectionPage(ServicesPage, "services", "Услуги и цены", "Что можно заказать, сколько это стоит и за какой срок."),
    SectionPage(
        DocumentsIndexPage, "documents", "Документы", "Законы, правила, нормативы и бумаги, по которым мы работаем."
    ),
    SectionPage(
        ComplaintsBookPage,
        "complaints",
        "Книга жалоб и предложений",
        "Здесь видно, что нам пишут и что мы отвечаем. Фамилии и квартиры не показываем.",
    ),
    SectionPage(OutagesPage, "outages", "Отключения", "Где нет воды сейчас, где отключим по плану и когда включим."),
    SectionPage(ContactsPage, "contacts", "Контакты", "Телефоны, адреса и часы работы отделов."),
    SectionPage(SupportPage, "support", "Задать вопрос", "Ответим письмом. Для аварий есть круглосуточный телефон."),
    SectionPage(
        StandardPage,
        "how-to-register",
        "Как получить доступ",
        "Лицевой счёт и логин открывают в офисе за один визит. Здесь — что взять с собой и какая нужна анкета.",
    ),
)


def _publish(page: Page) -> None:
    page.save_revision().publish()


def _home() -> HomePage:
    existing = HomePage.objects.first()
    if existing is not None:
        return existing
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    root = Page.get_first_root_node()
    if root is None:
        root = Page.add_root(instance=Page(title="Root", slug="root"))
    home = HomePage(title=HOME_TITLE, slug="vodokanal", summary=HOME_SUMMARY)
    root.add_child(instance=home)
    _publish(home)
    return home


def _site(home: HomePage) -> None:
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(
            hostname=address.hostname or "localhost",
            port=port,
            site_name=HOME_TITLE,
            root_page=home,
            is_default_site=True,
        )
        return
    if isinstance(site.root_page.specific, HomePage):
        return
    welcome = site.root_page
    site.root_page, site.site_name = home, HOME_TITLE
    site.hostname, site.port = address.hostname or "localhost", port
    site.save()
    if welcome.depth > 1 and welcome.specific_class is Page:
        Page.objects.get(pk=welcome.pk).delete()


def _plain_page(home: HomePage, *, slug: str, title: str, summary: str, body: str) -> None:
    """A page that the footer links to; in no menu. One that stands, edited or not, stays as it is."""
    if StandardPage.objects.filter(slug=slug).exists():
        return
    page = StandardPage(title=title, slug=slug, summary=summary, body=body)
    home.add_child(instance=page)
    _publish(page)


def _footer_pages(home: HomePage) -> None:
    """The policy of personal data and the disclosure of information."""
    body = privacy.policy_body(CompanySettings.load())
    _plain_page(home, slug=privacy.SLUG, title=privacy.TITLE, summary=privacy.SUMMARY, body=body)
    _plain_page(
        home, slug=disclosure.SLUG, title=disclosure.TITLE, summary=disclosure.SUMMARY, body=disclosure.page_body()
    )


def _without_wagtails_own() -> None:
    """Take away the workflow and the groups that Wagtail's migrations leave: ours stand in their place.

    A workflow that somebody used is only switched off, a group that has people stays.
    """
    for workflow in Workflow.objects.filter(name=WAGTAILS_WORKFLOW, active=True):
        if workflow.workflow_states.exists():
            workflow.deactivate()
        else:
            workflow.delete()
    for task in Task.objects.filter(name=WAGTAILS_WORKFLOW, active=True, workflow_tasks=None):
        if task.task_states.exists():
            task.deactivate()
        else:
            task.delete()
    Group.objects.filter(name__in=WAGTAILS_GROUPS, user=None).delete()


@transaction.atomic
def ensure_pages() -> HomePage:
    """Make home and the section pages where they are missing; returns home."""
    home = _home()
    _site(home)
    home.refresh_from_db()
    slugs = set(home.get_children().values_list("slug", flat=True))
    for section in SECTIONS:
        if section.slug in slugs or section.model.objects.filter(slug=section.slug).exists():
            continue
        page = section.model(title=section.title, slug=section.slug, summary=section.summary, show_in_menus=True)
        home.add_child(instance=page)
        _publish(page)
    _footer_pages(home)
    apply_rules()
    _without_wagtails_own()
    return HomePage.objects.get(pk=home.pk)
