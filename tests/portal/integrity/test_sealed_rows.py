"""FAULTS 28: whatever the owner of the database changes in the ledger or in receipts is found and named."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from portal.billing.models import LedgerCheck
from portal.core.clock import MOSCOW
from portal.integrity.hashing import block_hash, pack, row_hash, seal_hash, unpack
from portal.integrity.models import Seal, SealBlock
from portal.integrity.services import hashes_of_blocks, seal_day
from portal.integrity.sources import SOURCES, SealedTable
from portal.integrity.verification import SealProblem, verify_seals
from portal.ledger.enums import EntryKind
from portal.ledger.models import Entry
from portal.ledger.services import NewEntry, post_entries
from portal.notifications.models import Message
from portal.operations.jobs import check_ledger as check_job
from portal.receipts.models import Receipt
from tests.database_owner import as_owner, without_triggers
from tests.people import Cast, make_clerk

pytestmark = pytest.mark.django_db
NIGHT = dt.datetime(2026, 11, 30, 0, 10, tzinfo=MOSCOW)
ONE_DAY = dt.timedelta(days=1)


def book(cast: Cast, *amounts: str) -> list[int]:
    """Book sums on Anna's account; returns the keys of the entries."""
    start = Entry.objects.count()
    post_entries(
        NewEntry(
            account_id=cast.anna.account.pk,
            kind=EntryKind.CORRECTION,
            amount=Decimal(amount),
            effective_on=dt.date(2026, 11, 1),
            key=f"correction:{start + number}",
            source=f"correction:{start + number}",
        )
        for number, amount in enumerate(amounts)
    )
    return list(Entry.objects.order_by("pk").values_list("pk", flat=True))[start:]


def issue(cast: Cast) -> Receipt:
    return Receipt.objects.create(
        account=cast.anna.account,
        period=dt.date(2026, 10, 1),
        number="0010001-2026-10",
        to_pay=Decimal("308.32"),
        due_on=dt.date(2026, 11, 10),
        issued_on=dt.date(2026, 10, 24),
        issued_at=NIGHT,
        data={},
        data_sha256="0" * 64,
    )


def seal(day: int = 0) -> Seal:
    made = seal_day(now=NIGHT + day * ONE_DAY)
    assert made is not None
    return made


def found() -> list[tuple[str, int, int | None]]:
    return [(problem.code, problem.seal, problem.row) for problem in verify_seals()]


@pytest.fixture
def sealed(cast: Cast) -> list[int]:
    """Keys of five entries under two seals, with a receipt in the first."""
    issue(cast)
    keys = book(cast, "100.00", "-50.00", "7.13")
    seal()
    keys += book(cast, "1.00", "2.00")
    seal(1)
    return keys


def test_what_nobody_touched_is_silent(sealed: list[int]) -> None:
    first, second = Seal.objects.order_by("number")
    assert (first.entries, first.entries_kopecks, first.receipts, first.last_entry) == (3, 5713, 1, sealed[2])
    assert (second.entries, second.entries_kopecks, second.receipts, second.last_entry) == (2, 300, 0, sealed[4])
    assert second.previous == first.sha256
    assert found() == []


def test_a_day_is_sealed_once_and_a_missed_day_is_in_the_next_seal(cast: Cast) -> None:
    book(cast, "1.00")
    seal()
    book(cast, "2.00")
    assert seal_day(now=NIGHT + dt.timedelta(hours=1)) is None
    assert seal(3).entries == 1
    assert seal(4).entries == 0
    assert found() == []


def test_blocks_of_a_broken_run_are_taken_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.integrity.services.BLOCK", 2)
    book(cast, *["1.00"] * 5)
    with monkeypatch.context() as broken:
        broken.setattr("portal.integrity.services.seal_hash", None)  # after the blocks, before the seal
        with pytest.raises(TypeError):
            seal_day(now=NIGHT)
    assert SealBlock.objects.count() == 3
    book(cast, "1.00")
    assert (seal().entries, SealBlock.objects.count()) == (6, 4)
    assert found() == []


def test_a_changed_sum_is_named(sealed: list[int], cast: Cast) -> None:
    as_owner("ledger_entry", "UPDATE ledger_entry SET amount = 1000 WHERE id = %s", [sealed[1]])
    assert list(verify_seals()) == [SealProblem("entry_changed", 1, sealed[1], cast.anna.account.pk)]


@pytest.mark.parametrize(
    "change", ["note = 'x'", "made_by = 'x'", "period = '2026-10-01'", "effective_on = '2026-11-02'"]
)
def test_every_column_counts(sealed: list[int], change: str) -> None:
    as_owner("ledger_entry", f"UPDATE ledger_entry SET {change} WHERE id = %s", [sealed[3]])
    assert found() == [("entry_changed", 2, sealed[3])]


def test_all_columns_are_hashed() -> None:
    left_out = {SealedTable.ENTRIES: set(), SealedTable.RECEIPTS: {"data"}}  # of the data its hash is sealed
    for table, source in SOURCES.items():
        assert {field.attname for field in source.model._meta.fields} - set(source.columns) == left_out[table]


def test_a_deleted_row_is_named(sealed: list[int]) -> None:
    as_owner("ledger_entry", "DELETE FROM ledger_entry WHERE id = %s", [sealed[4]])
    assert found() == [("entry_missing", 2, sealed[4])]


@pytest.mark.parametrize("key", [-5, 0])
def test_a_row_put_in_with_an_old_key_is_named(sealed: list[int], key: int) -> None:
    without_triggers("ledger_entry")
    copy = Entry.objects.get(pk=sealed[0])
    copy.pk, copy.key = key, "correction:new"
    copy.save(force_insert=True)
    assert found() == [("entry_added", 1, key)]


def test_a_row_put_into_a_gap_is_named(cast: Cast) -> None:
    last = book(cast, "1.00")[0]
    copy = Entry.objects.get(pk=last)
    copy.pk, copy.key = last + 10, "correction:far"
    copy.save(force_insert=True)
    seal()
    copy.pk, copy.key = last + 5, "correction:gap"
    copy.save(force_insert=True)
    assert found() == [("entry_added", 1, last + 5)]


@pytest.mark.parametrize("change", ["to_pay = 1", f"data_sha256 = '{'1' * 64}'", "issued_on = '2026-10-25'"])
def test_a_changed_receipt_is_named(sealed: list[int], cast: Cast, change: str) -> None:
    receipt = Receipt.objects.get()
    as_owner("receipts_receipt", f"UPDATE receipts_receipt SET {change}")
    assert list(verify_seals()) == [SealProblem("receipt_changed", 1, receipt.pk, cast.anna.account.pk)]


def test_a_deleted_receipt_is_named(sealed: list[int]) -> None:
    key = Receipt.objects.get().pk
    as_owner("receipts_receipt", "DELETE FROM receipts_receipt")
    assert found() == [("receipt_missing", 1, key)]


def test_what_came_after_the_last_seal_is_left_for_the_next(sealed: list[int], cast: Cast) -> None:
    book(cast, "5.00")
    assert found() == []
    assert seal(2).entries == 1


# Who changes a row may change the hashes over it, too.


def rewrite_row_hash(key: int) -> SealBlock:
    """Change a sum and its hash in the block."""
    as_owner("ledger_entry", "UPDATE ledger_entry SET amount = 1000 WHERE id = %s", [key])
    without_triggers("integrity_sealblock")
    block = SealBlock.objects.get(table=SealedTable.ENTRIES, first_row__lte=key, last_row__gte=key)
    rows = dict(unpack(block.packed))
    changed = SOURCES[SealedTable.ENTRIES].rows(after=key - 1, up_to=key)[0]
    block.packed = pack({**rows, key: row_hash(changed)[1]}.items())
    block.save()
    return block


def rewrite_chain() -> None:
    """Make every seal anew from the blocks as they are."""
    without_triggers("integrity_seal")
    before = None
    for each in Seal.objects.order_by("number"):
        each.previous = before.sha256 if before else ""
        each.sha256 = seal_hash(each.facts, hashes_of_blocks(before, each.facts))
        each.save()
        before = each


def test_a_changed_hash_of_a_row_breaks_its_block(sealed: list[int]) -> None:
    rewrite_row_hash(sealed[1])
    assert found() == [("seal_block", 1, None)]


def test_a_changed_block_breaks_its_seal(sealed: list[int]) -> None:
    block = rewrite_row_hash(sealed[1])
    block.sha256 = block_hash(block.packed)
    block.save()
    assert found() == [("seal_changed", 1, None)]


def test_a_chain_made_anew_is_shown_by_the_letter(sealed: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    letters = list(Seal.objects.order_by("number").values_list("sha256", flat=True))
    block = rewrite_row_hash(sealed[3])  # of the second seal
    block.sha256 = block_hash(block.packed)
    block.save()
    rewrite_chain()
    assert found() == []
    with pytest.raises(SystemExit):
        call_command("check_ledger", "--seal", letters[0], "--seal", f"{letters[1][:32]} {letters[1][32:].upper()}")
    said, errors = capsys.readouterr()
    assert "that of seal 1, 2026-11-30" in said
    assert "that of seal 2" not in said
    assert f"seal_unknown no seal has the hash {letters[1]}" in errors
    assert letters[0] not in errors


def test_a_seal_taken_out_breaks_the_chain(sealed: list[int]) -> None:
    as_owner("integrity_seal", "DELETE FROM integrity_seal WHERE number = 1")
    assert ("seal_changed", 2, None) in found()


def test_blocks_taken_out_are_told_once_not_row_by_row(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.integrity.services.BLOCK", 2)
    book(cast, *["1.00"] * 6)
    seal()
    as_owner("integrity_sealblock", "DELETE FROM integrity_sealblock WHERE number = 2")
    assert sorted(found()) == [("seal_block", 1, None), ("seal_changed", 1, None)]


@pytest.mark.parametrize("model", [Seal, SealBlock])
def test_the_database_refuses_to_change_seals(sealed: list[int], model: type[Seal]) -> None:
    for attempt in (lambda: model.objects.update(number=9), lambda: model.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError, match="only grow"), transaction.atomic():
            attempt()


# The check, the letter.


def test_the_check_names_the_row_and_its_seal(sealed: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    as_owner("ledger_entry", "UPDATE ledger_entry SET amount = 1000 WHERE id = %s", [sealed[1]])
    with pytest.raises(SystemExit) as ended:
        call_command("check_ledger")
    assert ended.value.code == 1
    assert f"entry_changed entry {sealed[1]} (seal 1) was changed after it was sealed" in capsys.readouterr().err
    check = LedgerCheck.objects.get()
    assert (check.last_seal, check.broken_seals) == (2, [1])


def test_the_check_of_the_timetable_says_nothing_of_what_is_whole(sealed: list[int]) -> None:
    check_job()
    check = LedgerCheck.objects.get()
    assert (check.last_seal, check.broken_seals) == (2, [])
    assert not [line for line in check.listed if "seal" in line[1] or line[1].startswith("entry_changed")]


def test_what_is_no_hash_is_refused(cast: Cast) -> None:
    with pytest.raises(CommandError, match="not a hash"):
        call_command("check_ledger", "--seal", "123")


def test_the_hash_is_mailed_once_to_those_who_see_the_seals(cast: Cast) -> None:
    keeper = make_clerk("keeper", "integrity.view_seal")
    make_clerk("other", "office.watch_month")
    book(cast, "1.50")
    made = seal()
    seal_day(now=NIGHT)
    letter = Message.objects.get(kind="seal_made", channel="email")
    assert letter.user == keeper
    assert made.sha256 in letter.body
    assert "1,50 ₽" in letter.body.replace("\xa0", " ")
