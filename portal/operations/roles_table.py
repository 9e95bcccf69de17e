"""The table of docs/guide/roles.md: who does what, in Russian, from the roles' code."""

from django.apps import apps
from django.utils.translation import override

from portal.operations.roles import OWN, ROLES, ModelPermissions, Role

LETTERS = dict(zip(OWN, "СДМУ", strict=True))
HEAD = """# Роли сотрудников

Этот файл делает команда `manage.py setup_roles --table`; менять его нужно в `portal/operations/roles.py`.
Логины сотрудников заводит и закрывает только администратор (`admin`). Чего в таблице нет, того роль не открывает:
это проверяет тест, который проходит все адреса админки от имени каждой роли (`tests/security/test_every_address.py`).

"""


def as_markdown() -> str:
    """One table of everything by role, then each role by itself."""
    with override("ru"):
        return HEAD + "\n".join([*_overview(), *(line for role in ROLES for line in _role(role))]).rstrip() + "\n"


def _overview() -> list[str]:
    """Records down, roles across; the manager, who sees everything, is left out."""
    roles = [role for role in ROLES if not role.reads_all]
    rights = {role.name: _actions(role) for role in roles}
    models = sorted({model for actions in rights.values() for model in actions}, key=_model_name)
    rows = [
        "## Все вместе",
        "",
        "С — смотрит, Д — добавляет, М — меняет, У — удаляет, * — особое право.",
        "Руководитель смотрит всё и может запустить шаг месяца.",
        "",
        "| Что | " + " | ".join(role.title for role in roles) + " |",
        "|---|" + "---|" * len(roles),
    ]
    rows += [
        f"| {_model_name(model)} | " + " | ".join(_letters(rights[role.name].get(model, ())) for role in roles) + " |"
        for model in models
    ]
    return [*rows, ""]


def _actions(role: Role) -> dict[str, tuple[str, ...]]:
    actions: dict[str, tuple[str, ...]] = {}
    for line in role.lines:
        actions[line.model] = (*actions.get(line.model, ()), *line.actions)
    return actions


def _letters(actions: tuple[str, ...]) -> str:
    own = "*" if any(action not in OWN for action in actions) else ""
    return "".join(LETTERS[action] for action in OWN if action in actions) + own


def _model_name(model: str) -> str:
    name = str(apps.get_model(model)._meta.verbose_name)
    return name[:1].upper() + name[1:]


def _role(role: Role) -> list[str]:
    return [f"## {role.title} (`{role.name}`)", "", f"{role.work[0].upper()}{role.work[1:]}.", "", *_rows(role)]


def _rows(role: Role) -> list[str]:
    if role.reads_all:
        return [
            "Просматривает все записи портала и журнал доступа, кроме секретов входа. Может запустить шаг месяца.",
            "",
        ]
    rows = ["| Что | Смотрит | Добавляет | Меняет | Удаляет | Особые права |", "|---|---|---|---|---|---|"]
    rows += [_line(line) for line in role.lines]
    for pages in role.pages:
        where = f"страницы «{_model_name(pages.page_type)}» и под ними" if pages.page_type else "все страницы"
        rows.append(f"| {where} | да |  |  |  | {', '.join(f'`{action}`' for action in pages.actions)} |")
    if role.files:
        rows.append(f"| картинки и файлы | да |  |  |  | {', '.join(f'`{name}`' for name in role.files)} |")
    return [*rows, ""]


def _line(line: ModelPermissions) -> str:
    own = ", ".join(f"`{action}`" for action in line.actions if action not in OWN)
    ticks = " | ".join("да" if action in line.actions else "" for action in OWN)
    return f"| {_model_name(line.model)} (`{line.model}`) | {ticks} | {own} |"
