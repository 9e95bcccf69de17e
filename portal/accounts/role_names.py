"""Names and descriptions of staff roles in Russian; a role's group bears the code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoleName:
    """The title of a role, and its work in one line."""

    title: str
    work: str


ROLE_NAMES: dict[str, RoleName] = {
    "registrar": RoleName("Регистратор", "регистрирует жителей, ведёт счета и договоры, отвечает на вопросы"),
    "editor": RoleName("Редактор", "ведёт страницы, новости, документы, тексты уведомлений"),
    "reviewer": RoleName("Рецензент", "разбирает книгу жалоб и предложений"),
    "dispatcher": RoleName("Диспетчер", "ведёт заявки аварийной службы и отключения"),
    "engineer": RoleName("Инженер по учёту", "вводит счётчики в работу, следит за поверкой и показаниями"),
    "accountant": RoleName("Бухгалтер", "закрывает месяцы, ведёт тарифы, нормативы, платежи и возвраты"),
    "manager": RoleName(
        "Руководитель",
        "видит всё, не меняет ничего; может запустить шаг месяца, разрешить остановленное закрытие и утвердить число",
    ),
}
MODERATORS = {"Editors": "Редакторы страниц", "Moderators": "Модераторы страниц"}
"""Groups that Wagtail brings."""


def role_title(group: str) -> str:
    """«Бухгалтер»; a group that is no role of ours by its own name."""
    return ROLE_NAMES[group].title if group in ROLE_NAMES else MODERATORS.get(group, group)


def role_line(group: str) -> str:
    """«Бухгалтер: закрывает месяцы, …»."""
    return f"{ROLE_NAMES[group].title}: {ROLE_NAMES[group].work}" if group in ROLE_NAMES else role_title(group)
