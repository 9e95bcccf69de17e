"""Commands that an operator or a timer runs: what they print, what they refuse in words, how they exit."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as project
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.utils.module_loading import import_string
from django_q.models import OrmQ, Schedule
from wagtail.models import Page

from portal.accounts.models import Account
from portal.billing.models import AccountClosing, Norm, PeriodRun
from portal.core import clock
from portal.ledger.models import Checkpoint, Entry
from portal.metering.models import Reading
from portal.notifications.models import Message
from portal.operations import roles
from portal.operations.retention import TERMS
from portal.payments.gateways import current_gateway
from portal.payments.models import Payment
from portal.payments.services.paying import refresh_payment
from portal.receipts.models import Receipt
from tests.company import put_numbers
from tests.conftest import SetDate
from tests.people import Cast, Clerk
from tests.portal.billing.month import JANUARY, close
from tests.portal.payments.bank import begin, pay_at_bank
from tests.portal.payments.test_import_bank_files import sberbank

pytestmark = pytest.mark.django_db
Said = pytest.CaptureFixture[str]


def run(said: Said, *words: str) -> tuple[str, str]:
    """The lines of a command on stdout and stderr."""
    said.readouterr()
    call_command(*words)
    shown = said.readouterr()
    return shown.out.strip(), shown.err.strip()


def exits(said: Said, *words: str) -> tuple[int, str, str]:
    """The exit status of a command that ends with one, and its lines."""
    said.readouterr()
    with pytest.raises(SystemExit) as ended:
        call_command(*words)
    shown = said.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, shown.out.strip(), shown.err.strip()


# Closing and receipts.


def test_a_month_is_closed_and_says_so(cast: Cast, capsys: Said) -> None:
    put_numbers()
    said, _errors = run(capsys, "close_period", "2026-01")
    assert said.startswith("2026-01: 4 accounts closed, 0 wait, ")
    assert said.endswith("(done)")
    total = sum(AccountClosing.objects.values_list("total", flat=True), Decimal(0))
    assert f" {total} ₽ booked" in said


def test_closing_again_books_nothing_twice(cast: Cast, capsys: Said) -> None:
    put_numbers()
    run(capsys, "close_period", "2026-01")
    entries = Entry.objects.count()
    run(capsys, "close_period", "2026-01")
    assert Entry.objects.count() == entries


def test_an_account_that_waits_is_named_and_the_command_fails(cast: Cast, capsys: Said) -> None:
    put_numbers()
    norms = list(Norm.objects.filter(service="cold_water"))
    Norm.objects.filter(service="cold_water").delete()
    status, said, errors = exits(capsys, "close_period", "2026-01")
    assert status == 1
    assert " wait, " in said
    assert "0 wait" not in said
    assert f"{cast.boris.account.number}: " in errors
    Norm.objects.bulk_create(norms)
    assert "4 accounts closed, 0 wait" in run(capsys, "close_period", "2026-01")[0]


@pytest.mark.parametrize("command", ["close_period", "issue_receipts"])
@pytest.mark.parametrize("month", ["2026-13", "январь", "2026", "2026-1-1"])
def test_a_month_that_is_none_is_refused(command: str, month: str) -> None:
    with pytest.raises(CommandError):
        call_command(command, month)
    assert not PeriodRun.objects.exists()


def test_receipts_of_a_month_that_is_open_are_refused(cast: Cast) -> None:
    put_numbers()
    with pytest.raises(CommandError):
        call_command("issue_receipts", "2026-01")
    assert not Receipt.objects.exists()


def test_receipts_are_issued_silently_and_without_files(cast: Cast, business_date: SetDate, capsys: Said) -> None:
    put_numbers()
    close(JANUARY)
    business_date("2026-02-01")
    said, _errors = run(capsys, "issue_receipts", "2026-01", "--silent", "--without-files")
    assert said == "2026-01: 4 receipts, 0 files, 0 wait (done)"
    assert Receipt.objects.filter(issued_on=dt.date(2026, 2, 1)).count() == 4
    assert not Message.objects.exists()


# The proof of the ledger, and reconciliation.


def test_the_proof_is_quiet_while_all_agrees_and_fails_when_it_does_not(cast: Cast, capsys: Said) -> None:
    put_numbers()
    close(JANUARY)
    said, errors = run(capsys, "check_ledger")
    assert said == f"{Entry.objects.count()} entries checked, 0 problems"
    assert errors == ""
    anna = cast.anna.account
    Checkpoint.objects.filter(account=anna).update(balance=Decimal("1.00"))
    status, said, errors = exits(capsys, "check_ledger")
    assert status == 1
    assert said.endswith(" 1 problems")
    assert f"account {anna.pk}: checkpoint " in errors
    assert "stored 1.00" in errors


def test_a_reconciliation_that_agrees_and_one_that_does_not(cast: Cast, capsys: Said, business_date: SetDate) -> None:
    payment = begin(cast.anna, "120.00")
    pay_at_bank(payment)
    refresh_payment(payment=payment, gateway=current_gateway(), now=clock.now())
    said, _errors = run(capsys, "reconcile_payments")
    assert said.startswith("1 payments, 120.00, 0 differences")
    Payment.objects.filter(pk=payment.pk).update(amount=Decimal("121.00"))
    with pytest.raises(CommandError, match="1 payments"):
        call_command("reconcile_payments")
    assert "theirs 120.00" in capsys.readouterr().err


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(CommandError, match="after the last"):
        call_command("reconcile_payments", "--from", "2026-02-01", "--to", "2026-01-31")


# Roles, the timetable, generated accounts.


def test_roles_are_made_whole_again(capsys: Said) -> None:
    assert run(capsys, "setup_roles")[0] == f"{len(roles.ROLES)} roles stand"
    registrar = Group.objects.get(name="registrar")
    wanted = set(registrar.permissions.values_list("pk", flat=True))
    assert wanted
    registrar.permissions.clear()
    editor = Group.objects.get(name="editor")
    editor.permissions.add(*wanted)
    run(capsys, "setup_roles")
    assert set(registrar.permissions.values_list("pk", flat=True)) == wanted
    assert not wanted <= set(editor.permissions.values_list("pk", flat=True)), "what the table does not say goes"


def test_the_table_of_roles_is_printed_and_nothing_changes(capsys: Said) -> None:
    said, _errors = run(capsys, "setup_roles", "--table")
    assert all(role.name in said for role in roles.ROLES)
    assert not Group.objects.filter(name__in=[role.name for role in roles.ROLES]).exists()


def test_the_timetable_is_written(capsys: Said) -> None:
    timetable = import_string(project.TIMETABLE)
    assert run(capsys, "sync_schedule")[0] == f"{len(timetable)} timed jobs"
    assert Schedule.objects.filter(name__startswith="portal:").count() == len(timetable)


def test_generated_accounts_are_the_same_for_the_same_seed(capsys: Said) -> None:
    said, _errors = run(capsys, "generate_accounts", "3", "--months", "2", "--last", "2026-10")
    assert said == "3 accounts with 2 closed months; readings wait for 2026-11"
    assert Account.objects.count() == 3
    assert PeriodRun.objects.count() == 2
    assert Reading.objects.filter(taken_on__gte=dt.date(2026, 11, 1)).exists()
    assert not AccountClosing.objects.filter(period=dt.date(2026, 11, 1)).exists()


@pytest.mark.parametrize(
    "words", [["0"], ["-1"], ["5", "--months", "0"], ["5", "--last", "2026-13"], ["5", "--last", "октябрь"]]
)
def test_a_number_of_accounts_that_makes_no_sense_is_refused(words: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("generate_accounts", *words)
    assert not Account.objects.exists()


# Files of a bank.


@pytest.fixture
def registry(tmp_path: Path, cast: Cast, business_date: SetDate) -> Path:
    business_date("2026-11-15")
    return tmp_path / "registry.txt"


def test_a_template_that_is_not_there_names_those_that_are(registry: Path) -> None:
    registry.write_bytes(b"x")
    with pytest.raises(CommandError, match=r"no template sber; there are: .*sberbank-13"):
        call_command("import_registry", str(registry), "--template", "sber")


def test_a_file_that_is_not_there_is_said(registry: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_registry", str(registry))


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", "не реестр\n".encode("cp1251")])
def test_what_is_no_registry_is_refused_in_words_and_credits_nothing(registry: Path, data: bytes) -> None:
    registry.write_bytes(data)
    with pytest.raises(CommandError) as refused:
        call_command("import_registry", str(registry))
    assert any("а" <= letter <= "я" for letter in str(refused.value)), "in Russian, for whoever runs it"
    assert not Entry.objects.exists()


# Secrets and terms.


def test_nothing_is_encrypted_anew_where_there_are_no_secrets(capsys: Said) -> None:
    assert run(capsys, "reencrypt_fields")[0] == "0 rows re-encrypted"


def test_a_dry_sweep_names_every_term(capsys: Said) -> None:
    said, _errors = run(capsys, "sweep_retention", "--dry-run")
    lines = said.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == [term.name for term in TERMS]
    assert lines[-1] == "0 rows would go"


# Bad arguments of every command.


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["close_period"], "YYYY-MM"),
        (["issue_receipts"], "YYYY-MM"),
        (["reconcile_payments", "--from", "вчера"], "--from"),
        (["reconcile_payments", "--to", "2026-02-30"], "--to"),
        (["generate_accounts"], "N"),
        (["generate_accounts", "many"], "many"),
        (["import_registry"], "file"),
        (["import_registry", "x", "--paid-on", "завтра"], "--paid-on"),
        (["import_registry", "x", "--credit-asked", "--skip-asked"], "not allowed with"),
        (["run_case"], "FILE.json"),
        (["load_demo", "--accounts", "many"], "many"),
        (["sweep_retention", "--hard"], "--hard"),
        (["watch", "now"], "now"),
    ],
)
def test_arguments_that_are_none_are_named(words: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        call_command(*words)


def test_a_month_that_is_not_over_is_not_closed_by_the_command(cast: Cast, business_date: SetDate) -> None:
    put_numbers()
    business_date("2026-01-15")
    with pytest.raises(CommandError, match="2026-02"):
        call_command("close_period", "2026-02")
    assert not PeriodRun.objects.exists()


@pytest.mark.parametrize("command", ["close_period", "issue_receipts"])
def test_parts_are_handed_to_the_workers(cast: Cast, business_date: SetDate, capsys: Said, command: str) -> None:
    put_numbers()
    business_date("2026-02-01")
    if command == "issue_receipts":
        close(JANUARY)
    said, _errors = run(capsys, command, "2026-01", "--queue")
    assert said.endswith("(running)")
    assert OrmQ.objects.count() == 1
    assert not Receipt.objects.exists()


# A site that is set up.


@pytest.mark.usefixtures("site_pages")
def test_a_site_is_set_up_again_without_a_second_of_anything(capsys: Said) -> None:
    counts = []
    for _time in range(2):
        said, _errors = run(capsys, "setup_site")
        assert said.splitlines()[-1].startswith("the site stands: ")
        counts.append((said, Page.objects.count(), Group.objects.count(), Schedule.objects.count()))
    assert counts[0] == counts[1]


# A bank's file, line by line.


@pytest.fixture
def payments_file(registry: Path) -> Path:
    """A payment of Anna's and one of an unknown account."""
    registry.write_bytes(sberbank("0010001", "777"))
    return registry


def test_a_dry_run_of_a_bank_file_credits_nothing(payments_file: Path, capsys: Said) -> None:
    said, errors = run(capsys, "import_registry", str(payments_file), "--dry-run")
    assert said == "checked: lines 2, sum 1400.28, ready 1, unknown 1, to be decided 0, bad 0"
    assert errors.startswith("2: "), "the unknown account is named by its line"
    assert not Entry.objects.exists()


def test_a_bank_file_is_imported_once(payments_file: Path, capsys: Said) -> None:
    said, _errors = run(capsys, "import_registry", str(payments_file))
    assert said.splitlines()[-1] == "imported 1 payments; 1 wait for their accounts, 0 for a decision"
    with pytest.raises(CommandError, match="уже загружен"):
        call_command("import_registry", str(payments_file))
    assert Entry.objects.count() == 1


def test_a_refused_file_is_told_to_whoever_imports(registry: Path, clerk: Clerk) -> None:
    accountant = clerk("payments.import_registry")
    registry.write_bytes(b"\x00\x01\x02")
    with pytest.raises(CommandError):
        call_command("import_registry", str(registry))
    assert [message.kind for message in Message.objects.filter(user=accountant, channel="inbox")] == [
        "registry_refused"
    ]
