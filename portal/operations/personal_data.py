"""Personal data by field: what it is for, how long it is kept, what deletes it (152-ФЗ; ASVS 14.1.1, 14.2.7).

`docs/security/personal-data.md` is written from this table (`manage.py personal_data_map`). A test asks for an answer
about every text field of every model of the portal: a new one stands in PERSONAL or in IMPERSONAL, or the test fails.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from portal.accounts.models import RetentionSettings

RETENTION = "portal.operations.retention.sweep"
HOUSEKEEPING = "portal.accounts.services.housekeeping.sweep"
ANONYMISING = "portal.accounts.services.anonymising.anonymise"
REQUESTS = "portal.operations.request_data.erase_requests"
IN_BOOKS = "не удаляется: выпущенный документ"


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Fields of one model that hold personal data; texts in Russian.

    `term` is a setting of RetentionSettings, or words. `erased_by` is the dotted name of the function that deletes or
    replaces the data; empty: nothing does, and `term` says why. `others` are the model's remaining text fields.
    """

    model: str
    fields: tuple[str, ...]
    purpose: str
    term: str
    erased_by: str = ""
    others: tuple[str, ...] = ()


PERSONAL: tuple[PersonalData, ...] = (
    PersonalData(
        "accounts.User",
        ("username", "first_name", "last_name", "email"),
        "вход; сотрудник в журнале",
        "people",
        ANONYMISING,
        ("password",),
    ),
    PersonalData(
        "accounts.Person",
        ("last_name", "first_name", "patronymic", "born_on", "phone", "email", "postal_address"),
        "договор, квитанции, связь",
        "people",
        ANONYMISING,
    ),
    PersonalData(
        "accounts.PersonalRequest", ("wanted", "comment", "answer"), "обращение о своих данных", "people", ANONYMISING
    ),
    PersonalData("accounts.EmailChange", ("address",), "подтверждение почты", "people", ANONYMISING),
    PersonalData(
        "accounts.KnownDevice",
        ("user_agent",),
        "сообщить о входе с нового браузера",
        "people",
        ANONYMISING,
        ("token_hash",),
    ),
    PersonalData(
        "accounts.RecoveryRequest",
        ("asked_for",),
        "восстановление доступа",
        "минуты, до ответа письмом",
        "portal.accounts.jobs.answer_recoveries",
    ),
    PersonalData(
        "accounts.Throttle",
        ("label",),
        "остановка подбора паролей",
        "до конца паузы",
        "portal.accounts.services.throttling.sweep",
        ("key",),
    ),
    PersonalData(
        "accounts.RegistrationApplication",
        ("data",),
        "анкета до визита",
        "до дня, названного в анкете",
        HOUSEKEEPING,
        ("number",),
    ),
    PersonalData("accounts.RegistrationDraft", ("data",), "регистрация в офисе", "drafts", RETENTION),
    PersonalData("accounts.Holder", ("document",), "основание владения", IN_BOOKS),
    PersonalData(
        "accounts.Account",
        ("number", "els"),
        "лицевой счёт",
        "вместе с книгами: счёт без владельца ни на кого не указывает",
        "",
        ("wastewater_from",),
    ),
    PersonalData("accounts.Contract", ("number",), "договор", IN_BOOKS),
    PersonalData(
        "accounts.ApiKey",
        ("name", "last_used_from"),
        "ключ API и где он использован",
        "people",
        ANONYMISING,
        ("digest", "password_fingerprint"),
    ),
    PersonalData(
        "accounts.AuditArchive",
        ("file",),
        "журнал: кто видел и менял данные",
        "не удаляется: доказательство",
        "",
        ("log", "sha256"),
    ),
    PersonalData(
        "api.IdempotentAnswer",
        ("content",),
        "повтор запроса к API",
        "сутки",
        "portal.api.idempotency.sweep",
        ("digest", "body_digest"),
    ),
    PersonalData(
        "notifications.Message",
        ("address", "context", "subject", "body"),
        "письма и уведомления",
        "messages",
        RETENTION,
        ("event", "kind", "link", "error"),
    ),
    PersonalData(
        "payments.Payment",
        ("contact", "last4"),
        "электронный чек, узнать карту",
        IN_BOOKS,
        "",
        (
            *("receipt_url", "receipt_storage", "receipt_document", "receipt_sign", "key", "gateway", "gateway_id"),
            *("confirmation_url", "return_url", "cancel_reason", "problem", "note"),
        ),
    ),
    PersonalData(
        "payments.GatewayEvent",
        ("body", "source"),
        "спор о платеже",
        "gateway_events",
        RETENTION,
        ("gateway", "gateway_id", "digest", "outcome"),
    ),
    PersonalData(
        "payments.BankFileLine",
        ("raw", "payer", "address", "purpose", "account_text"),
        "опознать платёж",
        "bank_lines",
        "portal.operations.request_data.erase_bank_lines",
        ("problem", "detail", "operation", "readings", "reading_note", "note"),
    ),
    PersonalData(
        "exchange.ImportRow",
        ("cells", "key", "subject", "change", "reason"),
        "загрузка из файла: проверка и исправление строк",
        "180 дней после загрузки файла",
        "portal.exchange.imports.retention.forget_rows",
        ("state", "made"),
    ),
    PersonalData(
        "exchange.Export",
        ("file",),
        "файл для бухгалтерской программы: счета, адреса, суммы",
        "30 дней после выгрузки",
        "portal.exchange.exports.retention.forget_exports",
        ("status", "subject", "file_format"),
    ),
    PersonalData("receipts.Receipt", ("data",), "квитанция", IN_BOOKS, "", ("number", "data_sha256", "reason")),
    PersonalData(
        "service_requests.DispatchRequest",
        ("caller", "phone", "text", "rating_text"),
        "выполнить заявку",
        "requests",
        REQUESTS,
        ("address", "place", "key", "reason"),
    ),
    PersonalData("service_requests.DispatchEvent", ("text",), "ход заявки", "не удаляется: действия компании"),
    PersonalData(
        "service_requests.CommissioningApplication",
        ("applicant", "phone", "email"),
        "ввести счётчик",
        "requests",
        REQUESTS,
        ("key", "place", "type_name", "serial_number", "mounted_by"),
    ),
    PersonalData("service_requests.ApplicationEvent", ("text",), "ход заявления", "не удаляется: действия компании"),
    PersonalData("service_requests.CommissioningCertificate", ("data",), "акт ввода", IN_BOOKS, "", ("number",)),
    PersonalData(
        "service_requests.SupportQuestion",
        ("name", "email", "account_number"),
        "ответить на вопрос",
        "questions",
        RETENTION,
    ),
    PersonalData("service_requests.SupportMessage", ("text",), "ответить на вопрос", "questions", RETENTION),
    PersonalData(
        "service_requests.Crew",
        ("name", "phone"),
        "связь с бригадой (сотрудники)",
        "пока бригада есть: правят в админке",
    ),
    PersonalData(
        "cms_complaints.Complaint",
        ("name", "email", "phone", "subject", "text", "reply"),
        "ответить на обращение",
        "complaints",
        "portal.operations.request_data.erase_complaints",
        ("handed_to", "answer", "rejection"),
    ),
    PersonalData(
        "cms_complaints.ComplaintPage",
        ("author_name", "street", "text"),
        "книга жалоб, с согласия автора: имя и первая буква",
        "пока запись опубликована: снимает сотрудник",
        "",
        ("summary", "plan", "answer", "answered_by"),
    ),
    PersonalData(
        "approvals.MoneyOperation",
        ("reason", "details", "subject", "document"),
        "деньги вдвоём",
        IN_BOOKS,
        "",
        ("answer", "key"),
    ),
    PersonalData(
        "core.PrivateFile",
        ("name", "file"),
        "документы и фото к заявкам",
        "с записью, к которой приложен; неприложенный — сутки",
        "portal.core.jobs.sweep_files",
        ("kind", "owner", "content_type", "sha256"),
    ),
    PersonalData(
        "wagtailcore.ModelLogEntry", ("label", "data"), "журнал: кто видел и менял данные", "audit_log", RETENTION
    ),
    PersonalData("wagtailcore.PageLogEntry", ("label", "data"), "журнал страниц", "audit_log", RETENTION),
    PersonalData(
        "usersessions.UserSession",
        ("ip", "user_agent", "data"),
        "список своих сеансов",
        "пока сеанс жив",
        HOUSEKEEPING,
        ("session_key",),
    ),
    PersonalData("sessions.Session", ("session_data",), "сеанс", "пока сеанс жив", HOUSEKEEPING),
    PersonalData("mfa.Authenticator", ("data",), "второй фактор, зашифрован", "people", ANONYMISING),
    PersonalData("socialaccount.SocialAccount", ("uid", "extra_data"), "вход через LiveJournal", "people", ANONYMISING),
)

_IMPERSONAL = """
accounts.AccessSettings accounts.AuditCounter accounts.ConsentText accounts.DataExport accounts.House
accounts.Premises accounts.RegistrationSettings accounts.Street approvals.ApprovalSettings approvals.NumberRequest
billing.AccountClosing billing.BillingSettings billing.CalendarStep billing.Charge billing.ClosingReview
billing.Correction billing.Interruption billing.KeyRate billing.KeyRateCap billing.LedgerCheck billing.Norm
billing.PeriodRun billing.PreviewChunk billing.PreviewRun billing.RaisingCoefficient billing.Rate billing.RunFailure
billing.TamperingReport billing.VatRate billing.WorkdayException billing.WorkdayYear cms_complaints.AnswerTemplate
cms_complaints.ComplaintRules cms_complaints.ComplaintsBookPage cms_complaints.HistoryEntry cms_contacts.ContactsPage
cms_contacts.Department cms_contacts.SupportCheck cms_contacts.SupportPage cms_core.EmergencyBanner
cms_documents.DocumentPage cms_documents.DocumentsIndexPage cms_documents.Edition cms_documents.NormsPage
cms_documents.SourceLink cms_home.HomePage cms_news.NewsCategory cms_news.NewsIndexPage cms_news.NewsPage
cms_outages.OutagesPage cms_standard.StandardPage cms_tariffs.ServicesPage cms_tariffs.TariffIndexPage
cms_tariffs.TariffPage core.CompanySettings core.Heartbeat core.MonitoringSettings core.MonthCalendar core.PartState
core.RateCounter exchange.ColumnMapping exchange.Import integrity.Seal integrity.SealBlock ledger.Entry metering.Meter
metering.MeterType metering.Reading notifications.Choice notifications.NotificationText payments.BankFile
payments.BankFileColumn payments.BankFileTemplate payments.DemoBankPayment payments.DemoBankRefund payments.Difference
payments.GatewayState payments.IdentificationRule payments.PaymentSettings payments.ReconciliationRun payments.Refund
receipts.PrintChunk receipts.PrintRun receipts.ReceiptFailure receipts.ReceiptFile service_requests.Agreement
service_requests.DayOff service_requests.Outage service_requests.OutageScope service_requests.RefusalReason
service_requests.RequestTerms service_requests.Verification service_requests.Visit service_requests.VisitCheck
"""
IMPERSONAL = frozenset(_IMPERSONAL.split())
"""Models whose text fields hold no personal data: the company's own texts, numbers, rules, runs of jobs; facts of an
account (readings, charges, entries), whose holder stands in accounts.Holder alone.
"""

HEAD = """# Персональные данные: что, где, зачем, как долго

Этот файл делает команда `manage.py personal_data_map`; менять его нужно в `portal/operations/personal_data.py`.
Тест (`tests/portal/operations/test_personal_data.py`) требует ответа о каждом текстовом поле каждой модели портала.

Уровень защиты у всех один: страница только после входа и по праву или своему счёту; `no-store`; ничего в адресах, темах
писем, журналах сервера и отчётах об ошибках (`tests/security/test_logs_without_personal_data.py`); просмотр, поиск и
выгрузка сотрудником стоят в журнале (`docs/guide/audit.md`). Секреты второго фактора и копии зашифрованы.

Житель выгружает всё своё: «Профиль → Мои данные» (`portal/cabinet/profile/export.py`); просит исправить имя или закрыть
логин: «Профиль» (`portal/accounts/services/personal_requests.py`); отзывает согласие там же. Сроки: «Настройки → Сроки
хранения», удаляет ночное задание (`portal/operations/retention.py`), каждое удаление стоит в журнале.

| Модель | Поля | Зачем | Срок | Что удаляет |
|---|---|---|---|---|
"""


def as_markdown() -> str:
    """The map for docs/security/personal-data.md."""
    with override("ru"):
        settings = {field.name: field for field in RetentionSettings._meta.fields}
        return HEAD + "".join(_row(entry, settings) for entry in PERSONAL)


def _row(entry: PersonalData, settings: dict[str, Any]) -> str:
    term = entry.term
    if term in settings:
        term = f"«{settings[term].verbose_name}»: {settings[term].default}"
    erased_by = f"`{entry.erased_by}`" if entry.erased_by else "—"
    return f"| {entry.model} | {', '.join(entry.fields)} | {entry.purpose} | {term} | {erased_by} |\n"
