"""What a fresh site starts with: templates of banks' payment files."""

from django.db import migrations

SBERBANK = {
    "name": "Сбербанк, 13 полей", "code": "sberbank-13", "channel": "bank", "purpose": "credit", "layout": "delimited",
    "encoding": "auto", "separator": ";", "fields": 13, "date_format": "%d-%m-%Y", "time_format": "%H-%M-%S",
    "decimal_sign": ",", "total_prefix": "=", "total_count": 1, "total_sum": 2, "total_transferred": 3,
    "total_commission": 4,
}
SBERBANK_COLUMNS = [
    "date", "time", "ignored", "ignored", "operation", "account", "payer", "address", "period", "amount",
    "transferred", "commission", "ignored",
]
YOOKASSA = {
    "name": "ЮKassa, реестр платежей", "code": "yookassa", "channel": "card", "purpose": "compare", "layout": "table",
    "encoding": "auto", "separator": ";", "skip_first": 2, "date_format": "%d.%m.%Y %H:%M:%S", "time_format": "",
    "decimal_sign": ",", "total_prefix": "Сумма принятых платежей", "total_count_prefix": "Число платежей",
}
YOOKASSA_COLUMNS = [
    ("operation", "Идентификатор платежа"), ("amount", "Сумма платежа"), ("currency", "Валюта платежа"),
    ("date", "Время платежа"), ("purpose", "Описание заказа"), ("commission", "Сумма комиссии без НДС"),
    ("vat", "Сумма НДС с комиссии|НДС с комиссии|Сумма НДС|НДС"),
]
STATEMENT = {
    "name": "Выписка банка (1CClientBankExchange)", "code": "1c", "channel": "transfer", "purpose": "credit",
    "layout": "exchange_1c", "encoding": "auto", "separator": "", "date_format": "%d.%m.%Y", "time_format": "%H:%M:%S",
    "decimal_sign": ".", "account_pattern": "л/с|л/сч|л.с|лс|лиц.счет|лиц.сч|лицевой счет|лицевой",
}
POST = {
    "name": "Почта России, | с точкой", "code": "post", "channel": "post", "purpose": "credit", "layout": "delimited",
    "encoding": "auto", "separator": "|", "fields": 7, "date_format": "%d.%m.%Y", "time_format": "",
    "decimal_sign": ".", "comment_prefix": "#",
}
POST_COLUMNS = ["ignored", "date", "ignored", "ignored", "operation", "amount", "account"]

TWO_FILES = {
    "name": "Сбербанк, два файла (поручения и платежи)", "code": "sberbank-two", "channel": "bank", "purpose": "credit",
    "layout": "two_files", "encoding": "auto", "separator": "|", "fields": 7, "date_format": "%d.%m.%Y",
    "time_format": "", "decimal_sign": ".", "total_order": 2, "total_sum": 3, "total_count": 4,
}
TWO_FILES_COLUMNS = ["order", "date", "ignored", "ignored", "operation", "amount", "account"]
READINGS = {
    "name": "Сбербанк с показаниями", "code": "sberbank-readings", "channel": "bank", "purpose": "credit",
    "layout": "named", "encoding": "auto", "separator": ";", "date_format": "%d-%m-%Y", "time_format": "",
    "decimal_sign": ",",
}
READINGS_COLUMNS = [
    ("date", 1, ""), ("operation", 2, ""), ("amount", 3, ""), ("account", None, "CLIENTNO"),
    ("reading", None, "CounterVal_"),
]
DBF = {
    "name": "Расчётный центр, DBF", "code": "dbf", "channel": "bank", "purpose": "credit", "layout": "dbf",
    "encoding": "auto", "separator": "", "date_format": "%Y%m%d", "time_format": "", "decimal_sign": ".",
}
DBF_COLUMNS = [("date", None, "DATE"), ("account", None, "LS"), ("amount", None, "SUMMA"), ("payer", None, "FIO")]


def create(apps, schema_editor):
    Template = apps.get_model("payments", "BankFileTemplate")
    Column = apps.get_model("payments", "BankFileColumn")
    for values, columns in ((SBERBANK, SBERBANK_COLUMNS), (POST, POST_COLUMNS), (TWO_FILES, TWO_FILES_COLUMNS)):
        template = Template.objects.create(**values)
        Column.objects.bulk_create(
            Column(template=template, field=field, position=place) for place, field in enumerate(columns, 1)
        )
    for values, columns in ((READINGS, READINGS_COLUMNS), (DBF, DBF_COLUMNS)):
        template = Template.objects.create(**values)
        Column.objects.bulk_create(
            Column(template=template, field=field, position=place, heading=heading) for field, place, heading in columns
        )
    template = Template.objects.create(**YOOKASSA)
    Column.objects.bulk_create(
        Column(template=template, field=field, heading=heading) for field, heading in YOOKASSA_COLUMNS
    )
    Template.objects.create(**STATEMENT)


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
