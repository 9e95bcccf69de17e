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
from portal.office.reports.hooks import REPORTS

READ = ("view",)
KEEP = ("view", "add", "change")
OWN = ("view", "add", "change", "delete")
BUSINESS = ("portal.", "cms_pages.")
READING_RIGHTS = (
    "accounts.view_audit",
    "office.view_account_card",
    "office.watch_month",
    "office.watch_system",
    "office.see_first_steps",
    "office.see_missing_readings",
    "office.export_books",
    "office.read_screens",
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
        "idempotentanswer",
        "ratecounter",
    }
)


@dataclass(frozen=True, slots=True)
class ModelPermissions:
    """Permissions of a role on one model: «app.model», then the actions."""

    model: str
    actions: tuple[str, ...]

    def permissions(self) -> Iterator[str]:
        """«app.codename» for each action; a model's own right is a codename already."""
        app, model = self.model.split(".")
        for action in self.actions:
            yield f"{app}.{action}_{model}" if action in OWN else f"{app}.{action}"


@dataclass(frozen=True, slots=True)
class PagePermissions:
    """Permissions of a role on pages: under the site's root, or under every page of one type."""

    actions: tuple[str, ...]
    page_type: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """A group: its name and its lines; title and work stand in `portal.accounts.role_names`."""

    name: str
    lines: tuple[ModelPermissions, ...] = ()
    pages: tuple[PagePermissions, ...] = ()
    files: tuple[str, ...] = field(default=())
    reads_all: bool = False

    @property
    def title(self) -> str:
        """In Russian."""
        return ROLE_NAMES[self.name].title

    @property
    def work(self) -> str:
        """Return what the role does, in Russian."""
        return ROLE_NAMES[self.name].work


PEOPLE = ("accounts.person", "accounts.account", "accounts.holder", "accounts.contract", "accounts.premises")
ADDRESSES = ("accounts.street", "accounts.house", "accounts.premises")


def _each(models: Iterable[str], actions: tuple[str, ...]) -> tuple[ModelPermissions, ...]:
    return tuple(ModelPermissions(model, actions) for model in models)


ROLES: tuple[Role, ...] = (
    Role(
        "registrar",
        (
            ModelPermissions("accounts.account", (*KEEP, "register_resident")),
            ModelPermissions("accounts.person", KEEP),
            *_each(("accounts.holder", "accounts.occupancy", "accounts.accountservice", "accounts.contract"), KEEP),
            *_each(ADDRESSES, KEEP),
            ModelPermissions("accounts.user", ("unlock_user",)),
            ModelPermissions("accounts.personalrequest", ("view", "decide_personalrequest")),
            ModelPermissions("accounts.registrationsettings", ("change",)),
            ModelPermissions("accounts.consenttext", ("view", "add")),
            ModelPermissions("accounts.consent", READ),
            ModelPermissions("accounts.registrationapplication", READ),
            ModelPermissions("accounts.throttle", READ),
            *_each(("metering.meter", "metering.reading", "metering.metertype", "ledger.entry"), READ),
            ModelPermissions(
                "office.officeright", ("view_account_card", "import_accounts", "import_meters", "see_first_steps")
            ),
            ModelPermissions("service_requests.supportquestion", ("view", "change", "answer_support")),
        ),
    ),
    Role(
        "editor",
        (
            ModelPermissions("notifications.notificationtext", (*KEEP, "edit_texts")),
            ModelPermissions("core.companysettings", ("change",)),
            ModelPermissions("office.officeright", ("see_first_steps",)),
            ModelPermissions("notifications.message", ("view", "retry_message")),
            *_each(("cms_core.navigation", "cms_core.emergencybanner", "cms_core.publishingrules"), ("change",)),
            ModelPermissions("cms_contacts.supportcheck", ("change",)),
            ModelPermissions("cms_news.newscategory", OWN),
            ModelPermissions("cms_documents.sourcelink", READ),
            *_each(("wagtailsearchpromotions.searchpromotion", "wagtailredirects.redirect"), OWN),
        ),
        pages=(PagePermissions(("add", "change", "publish", "bulk_delete", "lock", "unlock")),),
        files=("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document"),
    ),
    Role(
        "reviewer",
        (
            ModelPermissions("cms_complaints.complaint", ("view", "change", "review_complaints")),
            ModelPermissions("cms_complaints.complaintrules", ("change",)),
            ModelPermissions("cms_complaints.answertemplate", OWN),
        ),
        pages=(PagePermissions(("add", "change", "publish"), "cms_complaints.ComplaintsBookPage"),),
    ),
    Role(
        "dispatcher",
        (
            ModelPermissions("service_requests.dispatchrequest", (*KEEP, "dispatch_requests")),
            ModelPermissions("service_requests.incident", KEEP),
            ModelPermissions("service_requests.outage", (*KEEP, "publish_outage")),
            *_each(("service_requests.crew", "service_requests.kindnorm"), READ),
            *_each(ADDRESSES, READ),
            ModelPermissions("office.officeright", ("view_account_card",)),
        ),
    ),
    Role(
        "engineer",
        (
            ModelPermissions("service_requests.commissioningapplication", (*KEEP, "commission_meters")),
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
            *_each(
                (
                    "service_requests.replacementorder",
                    "service_requests.visit",
                    "service_requests.commissioningcertificate",
                ),
                KEEP,
            ),
            *_each(("service_requests.agreement", "service_requests.verification"), KEEP),
            ModelPermissions("service_requests.requestterms", ("change",)),
            ModelPermissions("metering.metertype", OWN),
            ModelPermissions("billing.tamperingreport", ("view", "add")),
            *_each(("metering.meter", "metering.reading"), KEEP),
            *_each(("accounts.account", "accounts.premises"), READ),
            ModelPermissions(
                "office.officeright",
                (
                    "view_account_card",
                    "enter_readings",
                    "review_readings",
                    "see_missing_readings",
                    "import_readings",
                    "import_meters",
                    "report_readings",
                ),
            ),
        ),
    ),
    Role(
        "accountant",
        (
            ModelPermissions("core.companysettings", ("change", "change_bank_details")),
            ModelPermissions("core.monthcalendar", KEEP),
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
                    "billing.tamperingreport",
                ),
                KEEP,
            ),
            ModelPermissions("billing.closingsettings", ("change",)),
            ModelPermissions("billing.debtremindersettings", ("change",)),
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
                    "payments.bankfile",
                    "payments.bankfileline",
                    "payments.bankfiletemplate",
                    "payments.identificationrule",
                ),
                KEEP,
            ),
            ModelPermissions("payments.paymentsettings", ("change",)),
            ModelPermissions("payments.refund", ("make_refund",)),
            ModelPermissions("approvals.moneyoperation", ("view", "approve_operation")),
            ModelPermissions("approvals.numberrequest", ("view", "approve_number")),
            ModelPermissions("payments.bankfile", ("import_registry",)),
            ModelPermissions("payments.bankfileline", ("settle_line",)),
            ModelPermissions("payments.reconciliationrun", ("reconcile",)),
            ModelPermissions("service_requests.supportquestion", ("answer_disputes",)),
            *_each(PEOPLE, READ),
            *_each(("metering.meter", "metering.reading"), READ),
            ModelPermissions("cms_tariffs.tariffpage", ("adopt_rates",)),
            ModelPermissions(
                "office.officeright",
                (
                    "view_account_card",
                    "see_first_steps",
                    "close_month",
                    "release_closing",
                    "book_correction",
                    "import_balances",
                    "export_books",
                    "watch_month",
                    "run_month_step",
                    "see_missing_readings",
                    "report_debts",
                    "report_readings",
                ),
            ),
        ),
        pages=(PagePermissions(("change", "publish"), "cms_tariffs.TariffIndexPage"),),
    ),
    Role(
        "manager",
        (
            ModelPermissions("office.officeright", ("run_month_step", "release_closing")),
            ModelPermissions("approvals.numberrequest", ("approve_number",)),
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
        named |= set(_all_views()) | set(READING_RIGHTS) | {report.permission() for report in REPORTS}
    return sorted(named | {ADMIN_ACCESS})


def _all_views() -> Iterator[str]:
    for config in apps.get_app_configs():
        if config.name.startswith(BUSINESS):
            for model in config.get_models():
                if "view" in model._meta.default_permissions and model._meta.model_name not in NEVER_READ:
                    yield f"{config.label}.view_{model._meta.model_name}"


@dataclass(frozen=True, slots=True)
class SetupOutcome:
    """Result of `setup`: groups written, and lines that name a right which does not exist."""

    groups: int
    unknown: tuple[str, ...]


@transaction.atomic
def setup() -> SetupOutcome:
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
    return SetupOutcome(len(ROLES), tuple(unknown))


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


def _pages_of(pages: PagePermissions) -> list[Page]:
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
