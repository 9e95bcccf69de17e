"""A password is more than a word that anybody guesses here: the company's name, words of the site (ASVS 6.2.11)."""

import re

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.core.models import CompanySettings

_WORDS = """
водоканал водоснабжение водопровод квитанция показания счётчик портал кабинет пароль диспетчер бухгалтер инженер
абонент администратор vodokanal vodosnabzhenie vodoprovod kvitanciya pokazaniya schetchik portal kabinet parol
password dispatcher accountant engineer administrator admin water qwerty
"""
KNOWN_WORDS = frozenset(_WORDS.split())
"""Words of the site, of its roles and of keyboards; the company's name is added to them."""
FEWEST_OTHERS = 7
"""Different characters that a password has at least besides the known words, spaces and punctuation left out."""
SHORTEST_WORD = 4


class KnownWordsValidator:
    """Refuses a password that has too little besides known words (Django's AUTH_PASSWORD_VALIDATORS)."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ValidationError when too few characters are left without the known words."""
        company = CompanySettings.shown()
        names = re.findall(r"\w+", f"{company.name} {company.legal_name}".casefold())
        known = {name for name in names if len(name) >= SHORTEST_WORD} | KNOWN_WORDS
        rest, removed = password.casefold(), ""
        for word in sorted(known, key=len, reverse=True):
            if word in rest:
                rest, removed = rest.replace(word, ""), removed or word
        if removed and len(set(re.sub(r"[\W_]", "", rest))) < FEWEST_OTHERS:
            message = _("The password is mostly a word that is easy to guess: «%(word)s».")
            raise ValidationError(message, code="password_known_word", params={"word": removed})

    def get_help_text(self) -> str:
        """The rule in words, beside the field."""
        return _("Your password cannot consist of the company's name or a word of the site and a few characters.")
