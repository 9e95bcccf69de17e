"""The roles of the staff and what each may do: one table, written to groups by `setup_roles` and to the docs.

A line names a model and what a role does with it: "view", "add", "change", "delete", or one of the model's own
rights. Each app has its group of lines in every role. The manager reads everything and changes
nothing, but approves numbers as the second person.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from portal.accounts.role_names import ROLE_NAMES
from portal.accounts.staff import ADMIN_ACCESS

READ = ("view",)
KEEP = ("view", "add", "change")
OWN = ("view", "add", "change", "delete")
BUSINESS = ("portal.", "cms_pages.")
READING_RIGHTS = (
    "accounts.view_audit",
    "office.view_account_card",
    "office.watch_month",
    "office.watch_system",
    "office.see_missing_readings",
)
# What even a reader of everything does not see: secrets and machinery.
NEVER_READ = frozenset(
    {
        "knowndevice",
        "recoveryrequest",
        "emailchange",
        "registrationdraft",
        "dataexport",
        "privatefile",
        "apikey",
        "ratecounter",
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """What a role does with one model: «app.model», then the actions."""

    model: str
    actions: tuple[str, ...]

    def permissions(self) -> Iterator[str]:
        """«app.codename» for each action; a model's own right is a codename already."""
        app, model = self.model.split(".")
        for action in self.actions:
            yield f"{app}.{action}_{model}" if action in OWN else f"{app}.{action}"


@dataclass(frozen=True, slots=True)
class Pages:
    """What a role does with pages: under the site's root, or under every page of one type."""

    actions: tuple[str, ...]
    page_type: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """A group: its name and its lines; title and work stand in `portal.accounts.role_names`."""

    name: str
    lines: tuple[Line, ...] = ()
    pages: tuple[Pages, ...] = ()
    files: tuple[str, ...] = field(default=())
    reads_all: bool = False

    @property
    def title(self) -> str:
        """In Russian."""
        return ROLE_NAMES[self.name].title

    @property
    def work(self) -> str:
        """What the role does, in Russian."""
        return ROLE_NAMES[self.name].work


PEOPLE = ("accounts.person", "accounts.account", "accounts.holder", "accounts.contract", "accounts.premises")
ADDRESSES = ("accounts.street", "accounts.house", "accounts.premises")


def _each(models: Iterable[str], actions: tuple[str, ...]) -> tuple[Line, ...]:
    return tuple(Line(model, actions) for model in models)


ROLES: tuple[Role, ...] = (
    Role(
        "registrar",
        (
            Line("accounts.account", (*KEEP, "register_resident")),
            Line("accounts.person", KEEP),
            *_each(("accounts.holder", "accounts.occupancy", "accounts.accountservice", "accounts.contract"), KEEP),
            *_each(ADDRESSES, KEEP),
            Line("accounts.user", ("unlock_user",)),
            Line("accounts.personalrequest", ("view", "decide_personalrequest")),
            Line("accounts.registrationsettings", ("change",)),
            Line("accounts.consenttext", ("view", "add")),
            Line("accounts.consent", READ),
            Line("accounts.application", READ),
            Line("accounts.throttle", READ),
            *_each(("metering.meter", "metering.reading", "metering.metertype", "ledger.entry"), READ),
            Line("office.officeright", ("view_account_card", "import_accounts")),
            Line("service_requests.supportquestion", ("view", "change", "answer_support")),
        ),
    ),
    Role(
        "editor",
        (
            Line("notifications.notificationtext", (*KEEP, "edit_texts")),
            Line("core.companysettings", ("change",)),
            Line("notifications.message", ("view", "retry_message")),
            *_each(("cms_core.navigation", "cms_core.emergencybanner", "cms_core.publishingrules"), ("change",)),
            Line("cms_contacts.supportcheck", ("change",)),
            Line("cms_news.newscategory", OWN),
            Line("cms_documents.sourcelink", READ),
            *_each(("wagtailsearchpromotions.searchpromotion", "wagtailredirects.redirect"), OWN),
        ),
        pages=(Pages(("add", "change", "publish", "bulk_delete", "lock", "unlock")),),
        files=("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document"),
    ),
    Role(
        "reviewer",
        (
            Line("cms_complaints.complaint", ("view", "change", "review_complaints")),
            Line("cms_complaints.complaintrules", ("change",)),
            Line("cms_complaints.answertemplate", OWN),
        ),
        pages=(Pages(("add", "change", "publish"), "cms_complaints.ComplaintsBookPage"),),
    ),
    Role(
        "dispatcher",
        (
            Line("service_requests.dispatchrequest", (*KEEP, "dispatch_requests")),
            Line("service_requests.incident", KEEP),
            Line("service_requests.outage", (*KEEP, "publish_outage")),
            *_each(("service_requests.crew", "service_requests.kindnorm"), READ),
            *_each(ADDRESSES, READ),
            Line("office.officeright", ("view_account_card",)),
        ),
    ),
    Role(
        "engineer",
        (
            Line("service_requests.application", (*KEEP, "commission_meters")),
            *_each(
                (
                    "service_requests.crew",
                    "service_requests.workinghours",
                    "service_requests.dayoff",
                    "service_requests.slot",
                    "service_requests.refusalreason",
                    "service_requests.visitplan",
                ),
                OWN,
            ),
            *_each(("service_requests.replacementorder", "service_requests.visit", "service_requests.act"), KEEP),
            *_each(("service_requests.agreement", "service_requests.verification"), KEEP),
            Line("service_requests.requestterms", ("change",)),
            Line("metering.metertype", OWN),
            Line("billing.tamperingact", ("view", "add")),
            *_each(("metering.meter", "metering.reading"), KEEP),
            *_each(("accounts.account", "accounts.premises"), READ),
            Line(
                "office.officeright",
                (
                    "view_account_card",
                    "enter_readings",
                    "review_readings",
                    "see_missing_readings",
                    "import_readings",
                ),
            ),
        ),
    ),
    Role(
        "accountant",
        (
            Line("core.companysettings", ("change", "change_requisites")),
            Line("core.monthcalendar", KEEP),
            *_each(
                (
                    "billing.norm",
                    "billing.raisingcoefficient",
                    "billing.keyrate",
                    "billing.keyratecap",
                    "billing.vatrate",
                    "billing.workdayyear",
                    "billing.workdayexception",
                    "billing.billingsettings",
                    "billing.interruption",
                    "billing.correction",
                    "billing.openingdebt",
                    "billing.tamperingact",
                ),
                KEEP,
            ),
            Line("billing.closingsettings", ("change",)),
            Line("billing.debtremindersettings", ("change",)),
            *_each(
                (
                    "billing.rate",
                    "billing.charge",
                    "billing.periodrun",
                    "billing.runfailure",
                    "billing.accountclosing",
                    "receipts.receipt",
                    "receipts.printrun",
                    "ledger.entry",
                    "payments.gatewayevent",
                    "payments.reconciliationrun",
                ),
                READ,
            ),
            *_each(
                (
                    "payments.payment",
                    "payments.refund",
                    "payments.difference",
                    "payments.possibleduplicate",
                    "payments.registryfile",
                    "payments.registryline",
                    "payments.registrytemplate",
                    "payments.identificationrule",
                ),
                KEEP,
            ),
            Line("payments.paymentsettings", ("change",)),
            Line("payments.refund", ("make_refund",)),
            Line("approvals.moneyoperation", ("view", "approve_operation")),
            Line("approvals.numberrequest", ("view", "approve_number")),
            Line("payments.registryfile", ("import_registry",)),
            Line("payments.registryline", ("settle_line",)),
            Line("payments.reconciliationrun", ("reconcile",)),
            *_each(PEOPLE, READ),
            *_each(("metering.meter", "metering.reading"), READ),
            Line("cms_tariffs.tariffpage", ("adopt_rates",)),
            Line(
                "office.officeright",
                (
                    "view_account_card",
                    "close_month",
                    "release_closing",
                    "book_correction",
                    "watch_month",
                    "run_month_step",
                    "see_missing_readings",
                ),
            ),
        ),
        pages=(Pages(("change", "publish"), "cms_tariffs.TariffIndexPage"),),
    ),
    Role(
        "manager",
        (
            Line("office.officeright", ("run_month_step", "release_closing")),
            Line("approvals.numberrequest", ("approve_number",)),
        ),
        reads_all=True,
    ),
)


def role_named(name: str) -> Role:
    """A role by its group's name. Raises KeyError."""
    return {role.name: role for role in ROLES}[name]


def permissions_of(role: Role) -> list[str]:
    """«app.codename» of everything that a role may, sorted."""
    named = {permission for line in role.lines for permission in line.permissions()}
    if role.reads_all:
        named |= set(_all_views()) | set(READING_RIGHTS)
    return sorted(named | {ADMIN_ACCESS})


def _all_views() -> Iterator[str]:
    for config in apps.get_app_configs():
        if config.name.startswith(BUSINESS):
            for model in config.get_models():
                if "view" in model._meta.default_permissions and model._meta.model_name not in NEVER_READ:
                    yield f"{config.label}.view_{model._meta.model_name}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `setup` did: groups written, and lines that name a right which does not exist."""

    groups: int
    unknown: tuple[str, ...]


@transaction.atomic
def setup() -> Outcome:
    """Write every role to its group, exactly: what the table does not say is taken away. Safe to repeat."""
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    unknown: list[str] = []
    for role in ROLES:
        group, _made = Group.objects.get_or_create(name=role.name)
        wanted = permissions_of(role)
        unknown += [name for name in wanted if name not in known]
        group.permissions.set(known[name] for name in wanted if name in known)
        _set_pages(group, role)
        _set_files(group, role)
    return Outcome(len(ROLES), tuple(unknown))


@transaction.atomic
def set_page_rights() -> None:
    """Give every role that stands the pages of its types once more: there may be new ones. Safe to repeat."""
    groups = {group.name: group for group in Group.objects.filter(name__in=[role.name for role in ROLES])}
    for role in ROLES:
        if role.pages and role.name in groups:
            _set_pages(groups[role.name], role)


def _set_pages(group: Group, role: Role) -> None:
    GroupPagePermission.objects.filter(group=group).delete()
    for pages in role.pages:
        for page in _pages_of(pages):
            for action in pages.actions:
                permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=f"{action}_page")
                GroupPagePermission.objects.create(group=group, page=page, permission=permission)


def _pages_of(pages: Pages) -> list[Page]:
    if not pages.page_type:
        return list(Page.objects.filter(depth=1))
    return [page.page_ptr for page in apps.get_model(pages.page_type).objects.all()]


def _set_files(group: Group, role: Role) -> None:
    GroupCollectionPermission.objects.filter(group=group).delete()
    root = Collection.get_first_root_node()
    for codename in role.files:
        app = "wagtailimages" if codename.endswith("_image") else "wagtaildocs"
        permission = Permission.objects.get(content_type__app_label=app, codename=codename)
        GroupCollectionPermission.objects.create(group=group, collection=root, permission=permission)
