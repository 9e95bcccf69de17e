"""An import step by step, without its screens: what each state allows, what is refused, undone, resumed, forgotten."""

import datetime as dt
import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from portal.accounts.enums import Service
from portal.accounts.models import Account, Holder, Person, Premises, Street, User
from portal.approvals.models import ApprovalSettings
from portal.core import clock
from portal.core.models import PrivateFile
from portal.core.refusals import error_message
from portal.core.runs.enums import RunStatus
from portal.core.spreadsheets import xlsx_bytes
from portal.exchange.enums import ImportAction, ImportState, RowState, Subject
from portal.exchange.exceptions import ImportRefused
from portal.exchange.imports import selectors, services
from portal.exchange.imports.columns import choose_mapping, remember_columns, stored_file
from portal.exchange.imports.finishing import counts_of
from portal.exchange.imports.retention import forget_rows
from portal.exchange.imports.runs import states_for, total_amount
from portal.exchange.imports.subjects import SUBJECTS
from portal.exchange.imports.undo import UndoRefused, built_upon, undo_row
from portal.exchange.models import ColumnMapping, Import, ImportRow
from portal.exchange.tables import REASON_HEADING, TableRefused
from portal.ledger.models import Entry
from portal.ledger.selectors import balance
from portal.metering.models import Meter
from tests.people import Cast, make_cast, make_clerk, make_login, make_meter
from tests.shared_rows import shared_rows

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
BALANCES = "Лицевой счет;Остаток\n0010001;100\n0010002;-50\n0010003;нет\n"
PREMISES = "Улица;Дом;Квартира\nРечная;4;117\nДальняя;1;1\n"
ACCOUNTS = "Лицевой счет;Фамилия;Имя;Улица;Дом;Квартира;Открыт\n0020001;Сидорова;Ольга;Речная;4;112;01.02.2020\n"
SHEETS = {Subject.BALANCES: BALANCES, Subject.PREMISES: PREMISES, Subject.ACCOUNTS: ACCOUNTS}


@pytest.fixture(scope="module")
def people(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The cast, written once."""
    with shared_rows(django_db_blocker, make_cast) as cast:
        yield cast


@pytest.fixture
def clerk_login(people: Cast) -> User:
    """Whoever brings the files."""
    return make_login("clerk", staff=True)


def receive(text: str | bytes, *, by: User, subject: Subject = Subject.BALANCES, name: str = "x.csv") -> Import:
    """The import that a file begins."""
    content = text.encode() if isinstance(text, str) else text
    imported = services.receive_file(spec=SUBJECTS[subject], name=name, file=io.BytesIO(content), by=by, now=NOW)
    imported.refresh_from_db()
    return imported


def load(imported: Import, *, by: User, accept_asked: bool = False) -> Import:
    """The import after its good rows were loaded."""
    services.load(imported, by=by, now=NOW, accept_asked=accept_asked)
    imported.refresh_from_db()
    return imported


def undone(imported: Import, *, by: User) -> Import:
    """The import after it was undone."""
    services.undo(imported, by=by)
    imported.refresh_from_db()
    return imported


# States.

ACTS: dict[str, tuple[Callable[[Import, User], object], set[ImportState]]] = {
    "load": (
        lambda imported, by: services.load(imported, by=by, now=NOW),
        {ImportState.CHECKED, ImportState.LOADED},
    ),
    "undo": (lambda imported, by: services.undo(imported, by=by), {ImportState.LOADED}),
    "check": (
        lambda imported, by: services.check(imported, by=by),
        {ImportState.COLUMNS, ImportState.CHECKED, ImportState.REFUSED, ImportState.CHECKING},
    ),
    "name_columns": (
        lambda imported, by: services.name_columns(
            imported, source="1С", headings={"account": "Лицевой счет", "amount": "Остаток"}, sheet="", by=by
        ),
        {ImportState.COLUMNS, ImportState.CHECKED, ImportState.REFUSED},
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_that_a_state_does_not_allow_is_refused_and_changes_nothing(clerk_login: User, act: str) -> None:
    imported = receive(BALANCES, by=clerk_login)
    do, allowed = ACTS[act]
    for state in set(ImportState) - allowed:
        Import.objects.filter(pk=imported.pk).update(state=state)
        imported.refresh_from_db()
        with pytest.raises(ImportRefused, match="state") as refused:
            do(imported, clerk_login)
        assert "посмотрите" in error_message(refused.value, for_staff=True).lower()
        imported.refresh_from_db()
        assert imported.state == state
    assert not Entry.objects.exists()
    assert not ColumnMapping.objects.exists()


@pytest.mark.parametrize(
    ("action", "accept_asked", "states"),
    [
        (ImportAction.CHECK, False, (RowState.READ,)),
        (ImportAction.CHECK, True, (RowState.READ,)),
        (ImportAction.LOAD, False, (RowState.READY,)),
        (ImportAction.LOAD, True, (RowState.READY, RowState.ASKED)),
        (ImportAction.UNDO, True, (RowState.TAKEN,)),
    ],
)
def test_rows_that_a_run_works_on(action: ImportAction, accept_asked: bool, states: tuple[RowState, ...]) -> None:
    assert states_for(action, accept_asked=accept_asked) == states


def test_a_file_goes_from_checked_to_loaded_to_undone(people: Cast, clerk_login: User) -> None:
    imported = receive(BALANCES, by=clerk_login)
    assert (imported.state, counts_of(imported)) == (ImportState.CHECKED, {RowState.READY: 2, RowState.BAD: 1})
    assert total_amount(imported) == 150, "debts and advances are added up"
    assert balance(people.anna.account) == 0
    load(imported, by=clerk_login)
    assert (imported.state, imported.loaded_by) == (ImportState.LOADED, clerk_login)
    assert (balance(people.anna.account), balance(people.boris.account)) == (100, -50)
    undone(imported, by=clerk_login)
    assert (imported.state, counts_of(imported)) == (ImportState.UNDONE, {RowState.UNDONE: 2, RowState.BAD: 1})
    assert (balance(people.anna.account), balance(people.boris.account)) == (0, 0)
    assert imported.undone_at is not None


def test_loading_twice_finds_no_row_and_books_nothing(people: Cast, clerk_login: User) -> None:
    imported = load(receive(BALANCES, by=clerk_login), by=clerk_login)
    with pytest.raises(ImportRefused, match="nothing"):
        services.load(imported, by=clerk_login, now=NOW)
    assert Entry.objects.count() == 2


def test_a_file_of_bad_rows_alone_is_not_loaded(clerk_login: User) -> None:
    imported = receive("Лицевой счет;Остаток\n777;5\n", by=clerk_login)
    with pytest.raises(ImportRefused, match="nothing"):
        services.load(imported, by=clerk_login, now=NOW)
    imported.refresh_from_db()
    assert (imported.state, imported.loaded_by) == (ImportState.CHECKED, None)


def test_rows_that_are_asked_about_wait_until_somebody_says_that_they_are_right(
    people: Cast, clerk_login: User
) -> None:
    imported = receive("Улица;Дом\nРечная;9\n", by=clerk_login, subject=Subject.PREMISES)
    ImportRow.objects.filter(imported=imported).update(state=RowState.ASKED)
    with pytest.raises(ImportRefused, match="nothing"):
        services.load(imported, by=clerk_login, now=NOW)
    load(imported, by=clerk_login, accept_asked=True)
    assert counts_of(imported) == {RowState.TAKEN: 1}


def test_the_same_file_again_adds_nothing(people: Cast, clerk_login: User) -> None:
    load(receive(BALANCES, by=clerk_login), by=clerk_login)
    again = receive(BALANCES, by=clerk_login)
    assert counts_of(again) == {RowState.REPEATED: 2, RowState.BAD: 1}
    assert total_amount(again) == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\x00\x01", "type"),
        (b"PK\x03\x04", "type"),
        ("одно слово".encode(), "no_heading"),
        ('Лицевой счет;Остаток\n"1;2\n'.encode(), "open_quote"),
    ],
)
def test_a_file_that_cannot_be_read_is_not_kept(clerk_login: User, content: bytes, code: str) -> None:
    with pytest.raises(TableRefused) as refused:
        receive(content, by=clerk_login)
    assert refused.value.code == code
    assert not Import.objects.exists()
    assert not PrivateFile.objects.exists()


def test_a_file_that_breaks_below_its_first_rows_is_kept_refused_and_checked_again(
    people: Cast, clerk_login: User
) -> None:
    imported = receive('Лицевой счет;Остаток\n0010001;5\n"1;2\n', by=clerk_login)
    assert (imported.state, imported.rows.count()) == (ImportState.REFUSED, 0)
    assert imported.refusal.startswith("Строка 3")
    services.check(imported, by=clerk_login)
    imported.refresh_from_db()
    assert imported.state == ImportState.REFUSED


# Columns of foreign programs.

FOREIGN = "Абонент;Задолженность\n0010001;100\n"
NAMED = {"account": "Абонент", "amount": "Задолженность"}


def test_a_foreign_file_waits_for_its_columns_and_is_known_the_next_time(people: Cast, clerk_login: User) -> None:
    imported = receive(FOREIGN, by=clerk_login)
    assert (imported.state, imported.rows.count()) == (ImportState.COLUMNS, 0)
    mapping = services.name_columns(imported, source=" 1С ", headings=NAMED, sheet="", by=clerk_login)
    imported.refresh_from_db()
    assert (mapping.name, imported.state, counts_of(imported)) == ("1С", ImportState.CHECKED, {RowState.READY: 1})
    again = receive(FOREIGN.replace("100", "200"), by=clerk_login)
    assert (again.mapping, again.state) == (mapping, ImportState.CHECKED)


def test_columns_named_once_more_under_a_name_replace_the_earlier_ones(clerk_login: User) -> None:
    spec = SUBJECTS[Subject.BALANCES]
    remember_columns(spec=spec, name="1С", headings={"account": "А", "amount": "Б"}, by=None)
    later = remember_columns(spec=spec, name="1С ", headings=NAMED, by=clerk_login)
    assert ColumnMapping.objects.get() == later
    assert (later.headings, later.made_by) == (NAMED, clerk_login)


@pytest.mark.parametrize(
    ("text", "is_known"),
    [
        (FOREIGN, True),
        ("Задолженность;Прочее;абонент.\n1;2;0010001\n", True),
        ("Абонент;Долги\n0010001;1\n", False),
        (BALANCES, False),
    ],
)
def test_remembered_columns_fit_only_a_file_that_has_all_of_them(clerk_login: User, text: str, is_known: bool) -> None:
    spec = SUBJECTS[Subject.BALANCES]
    mapping = remember_columns(spec=spec, name="1С", headings=NAMED, by=clerk_login)
    assert choose_mapping(io.BytesIO(text.encode()), spec=spec) == (mapping if is_known else None)
    assert choose_mapping(io.BytesIO(text.encode()), spec=SUBJECTS[Subject.READINGS]) is None, "of another kind"


def test_of_two_sources_that_fit_the_one_used_last_is_chosen(clerk_login: User) -> None:
    spec = SUBJECTS[Subject.BALANCES]
    first = remember_columns(spec=spec, name="Первая", headings=NAMED, by=clerk_login)
    remember_columns(spec=spec, name="Вторая", headings=NAMED, by=clerk_login)
    ColumnMapping.objects.filter(pk=first.pk).update(used_at=clock.real_now() + dt.timedelta(hours=1))
    assert choose_mapping(io.BytesIO(FOREIGN.encode()), spec=spec) == first


# Undoing.


def hold_person(imported: Import) -> None:
    """Give the person of the imported account a login."""
    person = Person.objects.get(last_name="Сидорова")
    person.user = make_login("olga")
    person.save()


def change_holder(imported: Import) -> None:
    """End the holding of the imported account."""
    Holder.objects.filter(account__number="0020001").update(until=dt.date(2026, 1, 1))


def mount_meter(imported: Import) -> None:
    """Put a meter on the imported account."""
    make_meter(Account.objects.get(number="0020001"), Service.COLD_WATER, serial="N-1")


def open_account(imported: Import) -> None:
    """Open an account at imported premises."""
    premises = Premises.objects.get(number="117")
    Account.objects.create(number="0030001", premises=premises, opened_on=dt.date(2026, 1, 1))


@pytest.mark.parametrize(
    ("subject", "build", "name"),
    [
        (Subject.ACCOUNTS, hold_person, "Логины жителей"),
        (Subject.ACCOUNTS, change_holder, "Смены абонентов"),
        (Subject.ACCOUNTS, mount_meter, str(Meter._meta.verbose_name_plural)),
        (Subject.PREMISES, open_account, str(Account._meta.verbose_name_plural)),
    ],
)
def test_what_something_is_built_upon_is_not_undone_and_is_named(
    people: Cast, clerk_login: User, subject: Subject, build: Callable[[Import], None], name: str
) -> None:
    imported = load(receive(SHEETS[subject], by=clerk_login, subject=subject), by=clerk_login)
    assert built_upon(imported) == []
    build(imported)
    assert built_upon(imported) == [(name, 1)]
    with pytest.raises(ImportRefused) as refused:
        services.undo(imported, by=clerk_login)
    assert (refused.value.code, refused.value.detail) == ("built_upon", f"{name}: 1")
    imported.refresh_from_db()
    assert (imported.state, imported.undone_by) == (ImportState.LOADED, None)


def test_premises_are_undone_with_the_street_that_came_with_them_alone(people: Cast, clerk_login: User) -> None:
    before = Premises.objects.count()
    imported = load(receive(PREMISES, by=clerk_login, subject=Subject.PREMISES), by=clerk_login)
    assert Premises.objects.count() == before + 2
    undone(imported, by=clerk_login)
    assert Premises.objects.count() == before
    assert people.anna.account.premises.house.street.name == "Речная", "what stood before stays"


def test_a_row_upon_which_something_was_built_meanwhile_says_so(people: Cast, clerk_login: User) -> None:
    imported = load(receive(PREMISES, by=clerk_login, subject=Subject.PREMISES), by=clerk_login)
    open_account(imported)
    kept, free = imported.rows.order_by("number")
    with pytest.raises(UndoRefused, match=r"\(1\)"):
        undo_row(kept)
    undo_row(free)
    assert Premises.objects.filter(number="117").exists()
    assert not Street.objects.filter(name="Дальняя").exists()


# What is read about imports.


def test_rows_to_repair_are_those_not_taken_with_their_reason_last(people: Cast, clerk_login: User) -> None:
    imported = receive("Лицевой счет;Остаток;Прим\n0010001;1\n777;2;да\n0010002;сто\n", by=clerk_login)
    heading, rows = selectors.rows_to_repair(imported)
    assert heading == ["Лицевой счет", "Остаток", "Прим", REASON_HEADING]
    first, second = rows
    assert list(first[:3]) == ["777", "2", "да"]
    assert list(second[:3]) == ["0010002", "сто", None]
    assert all(row[-1] for row in (first, second))


def test_the_file_of_rows_to_repair_is_read_again_without_a_remark(people: Cast, clerk_login: User) -> None:
    heading, rows = selectors.rows_to_repair(receive(BALANCES, by=clerk_login))
    again = receive(xlsx_bytes(heading=heading, rows=rows), by=clerk_login, name="errors.xlsx")
    assert (again.remarks, counts_of(again)) == ([], {RowState.BAD: 1})
    assert again.rows.get().number == 2


@pytest.mark.parametrize(
    ("query", "state", "names"),
    [
        ("", "", {"saldo.csv", "doma.csv"}),
        ("SALDO", "", {"saldo.csv"}),
        ("saldo doma", "", set()),
        ("clerk saldo", "", {"saldo.csv"}),
        ("", "loaded", {"doma.csv"}),
        ("saldo", "loaded", set()),
    ],
)
def test_the_journal_is_searched_by_words_that_all_fit(
    people: Cast, clerk_login: User, query: str, state: str, names: set[str]
) -> None:
    receive(BALANCES, by=clerk_login, name="saldo.csv")
    load(receive(PREMISES, by=clerk_login, subject=Subject.PREMISES, name="doma.csv"), by=clerk_login)
    every = selectors.imports(list(SUBJECTS), state=state, query=query)
    assert {imported.name for imported in every} == names
    assert not selectors.imports([Subject.METERS]).exists()
    counts = {row.name: (row.total, row.imported_rows, row.bad) for row in every}  # type: ignore[attr-defined]
    expected = {"saldo.csv": (3, 0, 1), "doma.csv": (2, 2, 0)}
    assert counts == {name: expected[name] for name in names}


@pytest.mark.parametrize(
    ("permissions", "subjects"),
    [
        ([], []),
        (["office.import_accounts"], ["accounts", "premises"]),
        (["office.import_balances", "office.import_readings"], ["readings", "balances"]),
    ],
)
def test_each_kind_of_file_has_its_permission(db: None, permissions: list[str], subjects: list[str]) -> None:
    assert selectors.subjects_of(make_clerk("other", *permissions)) == subjects


def test_an_import_of_another_kind_is_not_there(people: Cast, clerk_login: User) -> None:
    imported = receive(BALANCES, by=clerk_login)
    assert selectors.import_of(imported.pk, [Subject.BALANCES]) == imported
    assert selectors.import_of(imported.pk, [Subject.ACCOUNTS]) is None
    assert [row.number for row in selectors.rows_of(imported, state=RowState.BAD)] == [4]


# Jobs that got lost, and old files.


def test_nothing_is_resumed_where_no_run_goes_on(people: Cast, clerk_login: User) -> None:
    imported = receive(BALANCES, by=clerk_login)
    with pytest.raises(ImportRefused, match="state"):
        services.resume(imported, by=clerk_login)
    progress = services.progress(imported)
    assert progress is not None
    assert progress.run.status != RunStatus.RUNNING


def test_a_job_of_an_import_that_is_gone_does_nothing(db: None) -> None:
    assert services.work_on_chunk(999_999) == 0


def test_old_imports_lose_their_file_and_cells_once_but_not_while_they_are_worked_on(
    people: Cast, clerk_login: User
) -> None:
    imported = load(receive(BALANCES, by=clerk_login), by=clerk_login)
    later = NOW + dt.timedelta(1)
    Import.objects.filter(pk=imported.pk).update(state=ImportState.LOADING)
    assert forget_rows(before=later) == 0
    Import.objects.filter(pk=imported.pk).update(state=ImportState.LOADED)
    stored = PrivateFile.objects.get()
    assert (forget_rows(before=NOW), forget_rows(before=later), forget_rows(before=later)) == (0, 1, 0)
    assert not stored.file.storage.exists(str(stored.file.name))
    assert set(imported.rows.values_list("reason", "key", "subject")) == {("", "", "")}
    assert counts_of(imported) == {RowState.TAKEN: 2, RowState.BAD: 1}
    with pytest.raises(TableRefused, match="empty"), stored_file(Import.objects.get(pk=imported.pk)):
        pass


@pytest.mark.parametrize(
    ("amount", "waits"), [("99.99", False), ("100.00", False), ("100.01", True), ("-100.01", True)]
)
def test_balances_of_a_day_are_added_up_for_the_second_person(
    people: Cast, clerk_login: User, amount: str, waits: bool
) -> None:
    rules = ApprovalSettings.load()
    rules.two_people_openings, rules.second_person_above, rules.day_above = True, Decimal(250), Decimal(250)
    rules.save()
    services.load(receive(BALANCES, by=clerk_login), by=clerk_login, now=clock.now())
    second = receive(f"Лицевой счет;Остаток\n0010003;{amount}\n", by=clerk_login)
    request = services.load(second, by=clerk_login, now=clock.now())
    second.refresh_from_db()
    assert (request is not None, second.is_waiting) == (waits, waits)
    assert balance(people.boris_second) == (0 if waits else Decimal(amount))
    if request is not None:
        services.drop_request(request, clock.now())
        second.refresh_from_db()
        assert (second.state, second.loaded_by) == (ImportState.CHECKED, None)
