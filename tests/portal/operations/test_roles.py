"""Roles: the table names rights that exist, is written exactly, and its page of the guide says the same."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from portal.accounts.models import User
from portal.operations import roles
from portal.operations.roles import NEVER_READ, ROLES, ModelPermissions, PagePermissions, Role
from portal.operations.roles_table import as_markdown
from tests.people import make_employee

pytestmark = pytest.mark.django_db
NAMES = [role.name for role in ROLES]


# The table.


def test_every_right_of_the_table_exists() -> None:
    assert roles.setup() == roles.SetupOutcome(len(ROLES), ())


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_line_names_a_model_once(role: Role) -> None:
    for line in role.lines:
        assert apps.get_model(line.model)
        assert len(set(line.actions)) == len(line.actions)
    named = [permission for line in role.lines for permission in line.permissions()]
    assert len(named) == len(set(named)), "no right twice"


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_whoever_adds_or_changes_may_look(role: Role) -> None:
    """A screen of a record is opened by the right to view it; settings have no list."""
    for line in role.lines:
        if "add" in line.actions and "change" in line.actions:
            assert "view" in line.actions, line.model


def test_a_right_that_does_not_exist_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    typo = Role("registrar", (ModelPermissions("accounts.account", ("view", "viev_account")),))
    monkeypatch.setattr(roles, "ROLES", (typo,))
    assert roles.setup() == roles.SetupOutcome(1, ("accounts.viev_account",))


def test_a_role_is_found_by_its_name_only() -> None:
    assert roles.role_named("manager").reads_all
    with pytest.raises(KeyError):
        roles.role_named("admin")


# What each may.


@pytest.fixture
def employees(db: None) -> dict[str, User]:
    """One employee of each role."""
    roles.setup()
    return {name: make_employee(name) for name in NAMES}


def test_the_manager_reads_everything_but_secrets_and_writes_nothing(employees: dict[str, User]) -> None:
    manager = employees["manager"]
    held = {permission.split(".")[1] for permission in manager.get_all_permissions()}
    assert not {name for name in held if name.startswith(("add_", "change_", "delete_"))}
    for model in apps.get_models():
        name = model._meta.model_name or ""
        if model.__module__.startswith(("portal.", "cms_pages.")) and "view" in model._meta.default_permissions:
            assert manager.has_perm(f"{model._meta.app_label}.view_{name}") is (name not in NEVER_READ), name


@pytest.mark.parametrize(
    ("right", "held_by"),
    [
        ("office.close_month", {"accountant"}),
        ("payments.make_refund", {"accountant"}),
        ("office.release_closing", {"accountant", "manager"}),
        ("approvals.approve_number", {"accountant", "manager"}),
        ("accounts.register_resident", {"registrar"}),
        ("accounts.unlock_user", {"registrar"}),
        ("service_requests.publish_outage", {"dispatcher"}),
        ("service_requests.commission_meters", {"engineer"}),
        ("cms_complaints.review_complaints", {"reviewer"}),
        ("notifications.edit_texts", {"editor"}),
        ("accounts.view_audit", {"manager"}),
        ("accounts.change_user", set()),
        ("approvals.change_approvalsettings", set()),
        ("accounts.change_retentionsettings", set()),
    ],
)
def test_who_may_what(employees: dict[str, User], right: str, held_by: set[str]) -> None:
    app, codename = right.split(".")
    assert Permission.objects.filter(content_type__app_label=app, codename=codename).exists()
    assert {name for name, user in employees.items() if user.has_perm(right)} == held_by


def test_everybody_of_a_role_enters_the_admin(employees: dict[str, User]) -> None:
    assert all(user.has_perm("wagtailadmin.access_admin") for user in employees.values())


# Written to groups.


def test_what_the_table_does_not_say_is_taken_away(employees: dict[str, User]) -> None:
    registrar = Group.objects.get(name="registrar")
    stolen = Permission.objects.get(codename="close_month")
    registrar.permissions.add(stolen)
    page = Page.objects.get(depth=1)
    publish = Permission.objects.get(codename="publish_page")
    GroupPagePermission.objects.create(group=registrar, page=page, permission=publish)
    root = Collection.get_first_root_node()
    add_image = Permission.objects.get(codename="add_image")
    GroupCollectionPermission.objects.create(group=registrar, collection=root, permission=add_image)
    roles.setup()
    assert stolen not in registrar.permissions.all()
    assert not GroupPagePermission.objects.filter(group=registrar).exists()
    assert not GroupCollectionPermission.objects.filter(group=registrar).exists()


def test_groups_that_are_no_roles_are_left_alone(employees: dict[str, User]) -> None:
    other = Group.objects.create(name="auditors")
    right = Permission.objects.get(codename="view_audit")
    other.permissions.add(right)
    roles.setup()
    assert list(other.permissions.all()) == [right]


def test_rights_on_pages_are_for_roles_that_stand(db: None) -> None:
    roles.set_page_rights()
    assert not GroupPagePermission.objects.filter(group__name__in=NAMES).exists()
    Group.objects.create(name="editor")
    roles.set_page_rights()
    roles.set_page_rights()
    rights = GroupPagePermission.objects.filter(group__name="editor")
    (line,) = roles.role_named("editor").pages
    assert sorted(rights.values_list("permission__codename", flat=True)) == sorted(
        f"{action}_page" for action in line.actions
    )


# The page of the guide.


def test_a_line_of_the_page_says_who_does_what(monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.operations import roles_table

    line = ModelPermissions("accounts.account", ("view", "change", "register_resident"))
    small = Role("registrar", (line,), pages=(PagePermissions(("publish",)),), files=("add_image",))
    reader = Role("manager", reads_all=True)
    monkeypatch.setattr(roles_table, "ROLES", (small, reader))
    page = as_markdown()
    assert "| Лицевой счёт | СМ* |" in page
    assert "| Лицевой счёт (`accounts.account`) | да |  | да |  | `register_resident` |" in page
    assert "| все страницы | да |  |  |  | `publish` |" in page
    assert "| картинки и файлы | да |  |  |  | `add_image` |" in page
    assert page.count("(`manager`)") == 1
    assert page.endswith("\n")
    assert not page.endswith("\n\n")
