"""Control keys of INN and bank accounts: a wrong one is a warning that staff confirm, not a wall.

Sources: Приказ ФНС ММВ-7-6/435 (INN); Порядок расчёта контрольного ключа, ЦБ № 515 (accounts).
"""

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, *_INN_10)
_INN_12 = (3, *_INN_11)
_ACCOUNT = (7, 1, 3)


def _inn_digit(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11 % 10


def inn_key_is_right(inn: str) -> bool:
    """Whether an INN of 10 or 12 digits carries the right control digits."""
    if not inn.isascii() or not inn.isdigit():
        return False
    if len(inn) == 10:
        return _inn_digit(inn, _INN_10) == int(inn[9])
    if len(inn) == 12:
        return _inn_digit(inn, _INN_11) == int(inn[10]) and _inn_digit(inn, _INN_12) == int(inn[11])
    return False


def account_key_is_right(account: str, bic: str, *, correspondent: bool = False) -> bool:
    """Whether a 20-digit account fits its bank's BIC by the control key."""
    if not (len(account) == 20 and len(bic) == 9 and (account + bic).isascii() and (account + bic).isdigit()):
        return False
    prefix = "0" + bic[4:6] if correspondent or bic[6:] in {"000", "001", "002"} else bic[6:]
    digits = prefix + account
    return sum(int(d) * _ACCOUNT[i % 3] for i, d in enumerate(digits)) % 10 == 0
