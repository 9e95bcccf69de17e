"""Why a bank refused, in plain words for the resident: what is wrong and what to do. A new reason is tolerated.

That nothing was taken is said beside the reason, wherever it is shown.
"""

_UNKNOWN = "Банк не назвал причину: попробуйте другую карту или позвоните в свой банк."
_WORDS = {
    "3d_secure_failed": "Код из СМС не подошёл. Попробуйте ещё раз и введите последний присланный код.",
    "call_issuer": "Ваш банк отказал без объяснений. Позвоните по номеру на обороте карты.",
    "canceled_by_merchant": "Платёж отменили мы.",
    "canceled_by_payer": "Вы вернулись со страницы банка, не оплатив.",
    "card_expired": "Срок карты истёк. Заплатите другой картой.",
    "country_forbidden": "Карту этой страны банк не принимает. Нужна карта российского банка.",
    "deal_expired": "Платёж не закончили вовремя. Начните его заново.",
    "expired_on_capture": "Банк не успел подтвердить платёж, удержанное вернулось на карту. Начните заново.",
    "expired_on_confirmation": "Карту не ввели вовремя. Начните платёж заново.",
    "fraud_suspected": "Банку платёж показался подозрительным. Позвоните в банк или возьмите другую карту.",
    "general_decline": "Ваш банк отказал без объяснений. Попробуйте другую карту или позвоните в свой банк.",
    "identification_required": "Банк просит подтвердить личность владельца кошелька. Проще заплатить картой.",
    "insufficient_funds": "На карте не хватило денег. Пополните её или возьмите другую.",
    "internal_timeout": "Банк не успел ответить. Попробуйте ещё раз.",
    "invalid_card_number": "Номер карты введён с ошибкой. Проверьте цифры и попробуйте ещё раз.",
    "invalid_csc": "Код с обратной стороны карты введён с ошибкой. Проверьте три цифры.",
    "issuer_unavailable": "Банк, выпустивший карту, не отвечает. Попробуйте позже или другой картой.",
    "payment_method_limit_exceeded": "Исчерпан лимит платежей по карте. Измените его в приложении банка.",
    "payment_method_restricted": "Операции по этой карте запрещены. Позвоните в свой банк.",
    "permission_revoked": "Разрешение на списание отозвано. Начните платёж заново.",
    "unsupported_mobile_operator": "Этот оператор связи не поддерживается. Заплатите картой.",
    "gateway_refused": "Банк не принял платёж. Попробуйте ещё раз или позже.",
    "no_answer": "Банк так и не ответил. Начните платёж заново.",
}
GIVEN_UP = "canceled_by_payer"
"""The payer went back from the bank's page without paying."""
EXPIRED = frozenset({"expired_on_confirmation", "deal_expired", "no_answer", "expired_on_capture"})


def reason_text(code: str) -> str:
    """The words for a reason's code; an unknown code gets words too."""
    return _WORDS.get(code, _UNKNOWN)


def known_reasons() -> frozenset[str]:
    """Codes that have words of their own."""
    return frozenset(_WORDS)
