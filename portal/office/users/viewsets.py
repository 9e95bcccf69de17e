"""Wagtail's screens of logins: employees first, with their roles; residents' logins apart."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import HeaderButton
from wagtail.users.views.users import CreateView, IndexView, UserFilterSet, UserViewSet

from portal.accounts.models import User
from portal.accounts.role_names import role_title
from portal.accounts.staff import employees
from portal.office.users.forms import EditForm, NewUserForm

EMPLOYEES, RESIDENTS = "employees", "residents"


class LoginFilterSet(UserFilterSet):
    """Wagtail's filters, and whose login it is."""

    who = django_filters.ChoiceFilter(
        label=pgettext_lazy("logins", "Who"),
        choices=[
            (EMPLOYEES, pgettext_lazy("logins", "Employees")),
            (RESIDENTS, pgettext_lazy("logins", "Residents")),
        ],
        method="of_whom",
    )

    def of_whom(self, queryset: "QuerySet[User]", _name: str, value: str) -> "QuerySet[User]":
        """Logins that may enter the admin, or the others."""
        return queryset.filter(works_here=value == EMPLOYEES)  # type: ignore[misc]  # annotated by the list


def _roles(user: User) -> str:
    titles = [role_title(group.name) for group in user.groups.all()]
    if user.is_superuser:
        titles.insert(0, _("administrator"))
    if not titles and not user.works_here:  # type: ignore[attr-defined]  # annotated by the list
        titles = [_("resident")]
    return ", ".join(titles)


class LoginsView(IndexView):
    """Employees first; a role stands in words."""

    add_item_label = pgettext_lazy("logins", "Add an employee")
    default_ordering = "username"

    @cached_property
    def columns(self) -> list[Column]:
        shown = [column for column in super().columns if column.name != "is_superuser"]
        shown.insert(3, Column("roles", accessor=_roles, label=gettext_lazy("Role")))
        return shown

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        shown = [(EMPLOYEES, pgettext("logins", "Employees")), (RESIDENTS, pgettext("logins", "Residents"))]
        return [*super().header_buttons, *(HeaderButton(label, url=f"?who={value}") for value, label in shown)]

    def get_base_queryset(self) -> "QuerySet[User]":
        works_here = Exists(employees().filter(pk=OuterRef("pk")))
        users: QuerySet[User] = super().get_base_queryset().annotate(works_here=works_here)
        return users.prefetch_related("groups")

    def order_queryset(self, queryset: "QuerySet[User]") -> "QuerySet[User]":
        ordered: QuerySet[User] = super().order_queryset(queryset)
        return ordered.order_by("-works_here", *ordered.query.order_by)  # type: ignore[misc]  # annotated


class NewEmployeeView(CreateView):
    """A login of an employee with a one-time password."""

    page_title = gettext_lazy("New employee")
    success_message = gettext_lazy("Employee %(object)s is created. Hand over the one-time password.")
    error_message = gettext_lazy("The employee was not created: correct the marked fields.")

    def get_page_subtitle(self) -> str:
        return str(self.page_title)


class PortalUserViewSet(UserViewSet):
    """Wagtail's users with our forms and list."""

    index_view_class = LoginsView
    add_view_class = NewEmployeeView
    filterset_class = LoginFilterSet

    def get_form_class(self, for_update: bool = False) -> type[EditForm] | type[NewUserForm]:
        return EditForm if for_update else NewUserForm
