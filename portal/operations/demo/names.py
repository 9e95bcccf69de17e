"""Names, streets and meters of the demo's settlement. Invented people; streets of Павшинская Пойма."""

from dataclasses import dataclass
from typing import NamedTuple

from portal.accounts.enums import PremisesKind, StreetKind

SETTLEMENT = "Красногорск"
POSTCODE = "143401"

LAST_NAMES = (
    "Абрамов", "Алексеев", "Андреев", "Антонов", "Баранов", "Белов", "Беляев", "Бирюков", "Борисов", "Васильев",
    "Виноградов", "Воробьёв", "Воронов", "Гаврилов", "Герасимов", "Голубев", "Горбунов", "Григорьев", "Гусев",
    "Давыдов", "Денисов", "Дмитриев", "Егоров", "Ершов", "Ефимов", "Жуков", "Зайцев", "Захаров", "Зуев", "Ильин",
    "Исаев", "Казаков", "Калинин", "Карпов", "Киселёв", "Ковалёв", "Козлов", "Комаров", "Королёв", "Крылов",
    "Кудрявцев", "Кузнецов", "Куликов", "Лазарев", "Лебедев", "Макаров", "Максимов", "Мартынов", "Медведев",
    "Мельников", "Миронов", "Морозов", "Никитин", "Николаев", "Новиков", "Орлов", "Осипов", "Павлов", "Панов",
    "Поляков", "Попов", "Прохоров", "Романов", "Рыбаков", "Рябов", "Савельев", "Семёнов", "Сергеев", "Сидоров",
    "Соболев", "Соколов", "Соловьёв", "Сорокин", "Степанов", "Суханов", "Тарасов", "Тимофеев", "Титов", "Тихонов",
    "Трофимов", "Фёдоров", "Филиппов", "Фомин", "Фролов", "Цветков", "Чернов", "Шестаков", "Щербаков", "Яковлев",
)  # fmt: skip
WOMEN = (
    "Александра", "Алла", "Анастасия", "Валентина", "Валерия", "Варвара", "Вероника", "Галина", "Дарья",
    "Евгения", "Екатерина", "Елена", "Елизавета", "Жанна", "Зоя", "Инна", "Ирина", "Ксения", "Лариса", "Лидия",
    "Людмила", "Маргарита", "Марина", "Мария", "Надежда", "Наталья", "Нина", "Оксана", "Ольга", "Полина",
    "Раиса", "Светлана", "София", "Тамара", "Татьяна", "Юлия",
)  # fmt: skip
MEN = (
    "Александр", "Алексей", "Андрей", "Антон", "Артём", "Вадим", "Валерий", "Василий", "Виктор", "Виталий",
    "Владимир", "Вячеслав", "Геннадий", "Георгий", "Григорий", "Денис", "Дмитрий", "Евгений", "Иван", "Игорь",
    "Илья", "Кирилл", "Константин", "Леонид", "Максим", "Михаил", "Никита", "Николай", "Олег", "Павел", "Пётр",
    "Роман", "Сергей", "Станислав", "Степан", "Юрий", "Ярослав",
)  # fmt: skip
FATHERS = (
    "Александров", "Алексеев", "Андреев", "Антонов", "Борисов", "Вадимов", "Викторов", "Владимиров", "Дмитриев",
    "Евгеньев", "Иванов", "Игорев", "Константинов", "Максимов", "Михайлов", "Николаев", "Олегов", "Павлов",
    "Петров", "Романов", "Сергеев", "Степанов", "Юрьев",
)  # fmt: skip


class Place(NamedTuple):
    """A house of the settlement and how many accounts it has in the demo (of 300)."""

    kind: StreetKind
    street: str
    house: str
    accounts: int
    premises: PremisesKind = PremisesKind.FLAT
    hot_water: bool = False


_FLAT, _PRIVATE = PremisesKind.FLAT, PremisesKind.HOUSE
HOUSES = (
    Place(StreetKind.BOULEVARD, "Красногорский", "17", 24),
    Place(StreetKind.BOULEVARD, "Красногорский", "19", 22),
    Place(StreetKind.BOULEVARD, "Красногорский", "24", 18),
    Place(StreetKind.BOULEVARD, "Павшинский", "3", 20),
    Place(StreetKind.BOULEVARD, "Павшинский", "7", 16),
    Place(StreetKind.BOULEVARD, "Павшинский", "18к2", 18),
    Place(StreetKind.BOULEVARD, "Подмосковный", "5", 22),
    Place(StreetKind.BOULEVARD, "Подмосковный", "12", 20),
    Place(StreetKind.BOULEVARD, "Подмосковный", "14", 14),
    Place(StreetKind.BOULEVARD, "Ильинский", "2А", 18),
    Place(StreetKind.BOULEVARD, "Ильинский", "4", 16),
    Place(StreetKind.BOULEVARD, "Космонавтов", "1", 16),
    Place(StreetKind.BOULEVARD, "Космонавтов", "7", 14),
    Place(StreetKind.STREET, "Спасская", "1к1", 14, _FLAT, hot_water=True),
    Place(StreetKind.STREET, "Спасская", "4", 12, _FLAT, hot_water=True),
    Place(StreetKind.STREET, "Спасская", "10", 12, _FLAT, hot_water=True),
    Place(StreetKind.STREET, "Знаменская", "5", 10),
    *(Place(StreetKind.STREET, "Центральная", str(number), 1, _PRIVATE) for number in range(2, 30, 2)),
)


@dataclass(frozen=True, slots=True)
class MeterModel:
    """A type of meter that is on sale."""

    name: str
    digits: int
    interval_months: int
    nominal_diameter: int = 15


METER_MODELS = (
    MeterModel("Бетар СГВ-15", 5, 72),
    MeterModel("ITELMA WFW20", 5, 72, nominal_diameter=20),
    MeterModel("Пульсар М-15", 5, 72),
    MeterModel("Декаст ОСВУ-15", 5, 60),
    MeterModel("Метер ВК-15", 5, 48),
)

STAFF = {
    "registrar": ("Ольга", "Ремизова"),
    "editor": ("Мария", "Левина"),
    "reviewer": ("Игорь", "Самойлов"),
    "dispatcher": ("Тамара", "Колесникова"),
    "engineer": ("Виктор", "Дорохов"),
    "accountant": ("Наталья", "Шубина"),
    "manager": ("Алексей", "Громов"),
}
