"""The demo's questions to support: answered, asked on, closed, waiting; one of somebody without a login."""

import datetime as dt
import uuid

from portal.accounts.selectors import accounts_of
from portal.billing.models import Charge
from portal.billing.selectors import BillLine
from portal.cabinet.support.quoting import quote
from portal.operations.demo.world import World
from portal.service_requests.support import services
from portal.service_requests.support.enums import QuestionState

# Days ago, who (a login, or a name and an address), the question, the answer, what the asker wrote on, how it ended.
QUESTIONS = (
    (
        24,
        "gleb",
        "Где посмотреть, до какого числа действует поверка счётчика?",
        (
            "В кабинете, в разделе «Счётчики»: у каждого показаны дата и сколько дней осталось. "
            "За 90, 30 и 7 дней напомним."
        ),
        "",
        QuestionState.CLOSED,
    ),
    (
        8,
        "anna",
        "В последней квитанции площадь квартиры 54,2 м², а по документам 54,8. Как исправить?",
        (
            "Пришлите выписку из ЕГРН или принесите её в офис: поправим за один день. На начисления по воде площадь не "
            "влияет."
        ),
        "Спасибо, принесу в пятницу.",
        QuestionState.OPEN,
    ),
    (
        6,
        "vera",
        "Не приходят письма о приёме показаний, хотя галочка стоит.",
        (
            "Письма уходили, но ваш почтовый ящик их не принял: он был переполнен. Освободите место, следующее придёт "
            "18 числа."
        ),
        "",
        QuestionState.ANSWERED,
    ),
    (
        2,
        ("Пётр Николаев", "petr.nikolaev@mail.example"),
        (
            "Купил квартиру на бульваре Красногорском. Что взять с "
            "собой, чтобы получить логин, и можно ли за жену по доверенности?"
        ),
        "",
        "",
        QuestionState.OPEN,
    ),
    (1, "boris", "У меня две квартиры. Можно ли получать обе квитанции одним письмом?", "", "", QuestionState.OPEN),
)


DISPUTED = (
    (
        "anna",
        20,
        "Показание за месяц передавала, а объём кажется большим. Проверьте, пожалуйста.",
        (
            "Проверили: объём посчитан по вашим показаниям на 1-е число этого и прошлого месяца, ошибки нет. "
            "Если сомневаетесь в счётчике, закажите внеочередную поверку."
        ),
    ),
    ("boris", 3, "Почему водоотведение больше, чем холодная вода?", ""),
)


def load(world: World) -> None:
    """Ask every question, answer it as the registrar does, and leave it where it stands."""
    registrar = world.staff["registrar"]
    for number, (days_ago, asker, text, answer, more, state) in enumerate(QUESTIONS):
        moment = world.at(world.time(-days_ago, 9 + 2 * number, 11 * number + 5))
        user = world.people[asker].user if isinstance(asker, str) else None
        name, email = asker if not isinstance(asker, str) else (world.people[asker].first_name, f"{asker}@mail.example")
        question = services.ask(
            form_token=uuid.UUID(int=world.random.getrandbits(128)),
            name=name,
            email=email,
            text=text,
            now=moment,
            user=user,
            account_number=accounts_of(user)[0].number if user else "",
        )
        if answer:
            answered_at = world.at(world.office(moment.date() + dt.timedelta(days=1), of=number))
            services.answer(question=question, actor=registrar, text=answer, message_count=1, now=answered_at)
            if more and user:
                services.ask_on(
                    question=question, author=user, text=more, now=world.at(answered_at + dt.timedelta(hours=3))
                )
            if state == QuestionState.CLOSED:
                ended = world.at(world.office(answered_at.date() + dt.timedelta(days=3), of=number))
                services.close(question=question, now=ended)
    _load_disputes(world)


def _load_disputes(world: World) -> None:
    """Lines of bills that residents disputed: one answered by the accountant, one waiting."""
    for number, (asker, days_ago, text, answer) in enumerate(DISPUTED):
        user = world.people[asker].user
        if user is None:
            continue
        account = accounts_of(user)[0]
        moment = world.at(world.time(-days_ago, 11 + number, 20))
        charges = Charge.objects.filter(account=account, kind="charge", period__lt=moment.date())
        line = charges.order_by("-period", "pk").first()
        if line is None:
            continue
        question = services.ask(
            form_token=uuid.uuid5(uuid.NAMESPACE_URL, f"dispute:{asker}"),
            name=world.people[asker].first_name,
            email=f"{asker}@mail.example",
            text=f"{quote(account, BillLine(line))}\n\n{text}",
            now=moment,
            user=user,
            account_number=account.number,
            charge=line,
        )
        if answer:
            answered_at = world.at(world.office(moment.date() + dt.timedelta(days=1), of=number))
            services.answer(
                question=question, actor=world.staff["accountant"], text=answer, message_count=1, now=answered_at
            )
