"""The payment string of ГОСТ Р 56042-2014: fields, limits, separator, bytes."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.periods import Period
from portal.core.qr import (
    MAX_BYTES,
    SEPARATORS,
    Payee,
    PaymentCode,
    PaymentOrder,
    PaymentStringError,
    payment_code,
    payment_string,
)

PAYEE = Payee(
    name="АО «Водоканал Павшино»",
    account="40702810100000000001",
    bank_name="ПАО Сбербанк",
    bic="044525225",
    correspondent_account="30101810400000000225",
    inn="5024000016",
    kpp="502401001",
)
STANDARD_ORDER = (
    "Name",
    "PersonalAcc",
    "BankName",
    "BIC",
    "CorrespAcc",
    "PayeeINN",
    "KPP",
    "Sum",
    "PersAcc",
    "PaymPeriod",
    "LastName",
    "TechCode",
)
REQUIRED = (
    "ST00012|Name=АО «Водоканал Павшино»|PersonalAcc=40702810100000000001"
    "|BankName=ПАО Сбербанк|BIC=044525225|CorrespAcc=30101810400000000225"
)


def changed(**values: str) -> Payee:
    base = {name: getattr(PAYEE, name) for name in Payee.__slots__}
    return Payee(**{**base, **values})


def test_a_usual_order() -> None:
    order = PaymentOrder(
        PAYEE,
        amount=Decimal("1240.50"),
        personal_account="0010001",
        period=Period(2026, 10),
        last_name="Соколова",
    )
    assert payment_string(order).decode() == (
        REQUIRED + "|PayeeINN=5024000016|KPP=502401001|Sum=124050|PersAcc=0010001|PaymPeriod=102026"
        "|LastName=Соколова|TechCode=02"
    )


def test_without_a_sum_the_payer_types_it() -> None:
    for amount in (None, Decimal("0.00"), Decimal("-15.20")):
        assert payment_string(PaymentOrder(PAYEE, amount=amount)).decode() == (
            REQUIRED + "|PayeeINN=5024000016|KPP=502401001|TechCode=02"
        )


def test_a_value_with_the_separator_moves_it() -> None:
    order = PaymentOrder(PAYEE, last_name="Со|ко~лова")
    text = payment_string(order).decode()
    assert text.startswith("ST00012_Name=")
    assert "_LastName=Со|ко~лова_" in text


def test_what_does_not_fit_is_left_out_whole() -> None:
    order = PaymentOrder(
        PAYEE,
        amount=Decimal(100),
        personal_account="0010001",
        period=Period(2026, 10),
        last_name="Ким",
        address="143407, Московская область, г. Красногорск, Павшинский бульвар, д. 12, кв. 45",
        purpose="Вода",
    )
    text = payment_string(order).decode()
    assert "PayerAddress" not in text
    assert "|LastName=Ким|" in text
    assert text.endswith("|TechCode=02")
    assert len(text.encode()) <= MAX_BYTES


LEGAL = "Муниципальное унитарное предприятие «Водоканал» городского округа Красногорск Московской области"
LONG = PaymentOrder(
    PAYEE, amount=Decimal("1240.50"), personal_account="0010001", period=Period(2026, 10), last_name="Соколова"
)


def coded(name: str) -> tuple[PaymentCode, dict[str, str]]:
    """The code of a usual order for a company of this name, and its fields read back from the bytes."""
    code = payment_code(replace(LONG, payee=changed(name=name)))
    head, *fields = code.data.decode(code.encoding).split("|")
    assert head == {"utf-8": "ST00012", "cp1251": "ST00011"}[code.encoding]
    return code, dict(field.split("=", 1) for field in fields)


@pytest.mark.parametrize("length", range(40, 141, 5))
def test_a_name_of_any_usual_length_keeps_account_and_sum(length: int) -> None:
    code, fields = coded((LEGAL * 2)[:length].strip())
    assert len(code.data) <= MAX_BYTES
    assert (fields["PersAcc"], fields["Sum"], fields["PersonalAcc"]) == ("0010001", "124050", PAYEE.account)
    assert list(fields) == sorted(fields, key=STANDARD_ORDER.index)


@pytest.mark.parametrize(
    ("name", "encoding", "left_out", "shortened"),
    [
        ("Н" * 40, "utf-8", ("LastName",), False),
        ("Н" * 60, "cp1251", (), False),
        ("Н" * 90, "cp1251", ("LastName",), False),
        ("Н" * 94, "cp1251", ("LastName",), False),
        ("Н" * 100, "cp1251", ("KPP", "LastName"), False),
        (LEGAL + " имени Петра Ильича", "cp1251", ("KPP",), True),
        ("Ђ" + "Н" * 60, "cp1251", (), False),
        ("Қ" + "Н" * 60, "utf-8", ("PayeeINN", "KPP", "LastName", "TechCode"), False),
    ],
)
def test_what_does_not_fit_goes_in_the_order_of_harm(
    name: str, encoding: str, left_out: tuple[str, ...], shortened: bool
) -> None:
    code, _fields = coded(name)
    assert (code.encoding, code.left_out, code.name_shortened) == (encoding, left_out, shortened)


def test_a_name_that_leaves_no_room_for_account_and_sum_is_refused() -> None:
    with pytest.raises(PaymentStringError, match="Name"):
        coded("Н" * 160)
    _code, fields = coded("Муниципальное унитарное предприятие " + "Н" * 100)
    assert fields["Name"] == "МУП " + "Н" * 100


def test_line_breaks_and_control_characters_become_spaces() -> None:
    assert "|LastName=Анна Мария|" in payment_string(PaymentOrder(PAYEE, last_name=" Анна\r\n\x00Мария ")).decode()


def test_a_bank_without_a_correspondent_account() -> None:
    assert "|CorrespAcc=0|" in payment_string(PaymentOrder(changed(correspondent_account=""))).decode()


@pytest.mark.parametrize(
    ("field", "payee"),
    [
        ("Name", changed(name=" ")),
        ("Name", changed(name="Я" * 161)),
        ("PersonalAcc", changed(account="4070281010000000000")),
        ("PersonalAcc", changed(account="4070281010000000000١")),
        ("BankName", changed(bank_name="Б" * 46)),
        ("BIC", changed(bic="04452522")),
        ("CorrespAcc", changed(correspondent_account="301018104")),
        ("PayeeINN", changed(inn="502400001")),
        ("KPP", changed(kpp="50240100X")),
    ],
)
def test_a_malformed_value_is_refused_by_its_name(field: str, payee: Payee) -> None:
    with pytest.raises(PaymentStringError) as caught:
        payment_string(PaymentOrder(payee))
    assert caught.value.field == field


def test_values_with_every_separator_are_refused() -> None:
    with pytest.raises(PaymentStringError):
        payment_string(PaymentOrder(PAYEE, last_name=SEPARATORS))


@given(
    st.text(max_size=80),
    st.text(max_size=120),
    st.text(max_size=120),
    st.decimals("0.01", "99999999", places=2),
)
def test_any_order_can_be_taken_apart_again(name: str, address: str, purpose: str, amount: Decimal) -> None:
    order = PaymentOrder(PAYEE, amount=amount, last_name=name, address=address, purpose=purpose)
    try:
        data = payment_string(order)
    except PaymentStringError:
        assert all(separator in name + address + purpose for separator in SEPARATORS)
        return
    assert len(data) <= MAX_BYTES
    head, *fields = data.decode().split(data.decode()[7])
    keys = [field.partition("=")[0] for field in fields]
    assert head == "ST00012"
    assert keys[:5] == ["Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc"]
    assert len(keys) == len(set(keys))
    assert f"Sum={int(amount * 100)}" in fields
