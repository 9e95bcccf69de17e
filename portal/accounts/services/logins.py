"""Logins of residents: made in the office with a one-time password, closed, given a new slip."""

import datetime as dt
import secrets

from django.db import IntegrityError, transaction

from portal.accounts import audit
from portal.accounts.calculation import PASSWORD_DIGITS, PASSWORD_LETTERS
from portal.accounts.exceptions import EmailTaken, LoginTaken, PassportNotChecked, PersonHasLogin
from portal.accounts.models import Person, RegistrationSettings, User
from portal.accounts.services.sessions import end_sessions


def one_time_password() -> str:
    """Four groups of four that are easy to copy from paper: about 70 bits."""
    letters = PASSWORD_LETTERS + PASSWORD_DIGITS
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def create_login(*, person: Person, username: str, email: str, by: User) -> User:
    """A login without a password yet: the slip brings it. Raises LoginTaken, EmailTaken, PersonHasLogin."""
    if person.user_id is not None:
        raise PersonHasLogin(person=person)
    if User.objects.filter(username__iexact=username).exists():
        raise LoginTaken(username)
    if email and User.objects.filter(email__iexact=email).exists():
        raise EmailTaken(email)
    try:
        with transaction.atomic():
            user = User(
                username=username,
                email=email,
                first_name=person.first_name,
                last_name=person.last_name,
                must_change_password=True,
            )
            user.set_unusable_password()
            user.save()
            person.user = user
            person.save(update_fields=["user"])
    except IntegrityError as error:
        raise LoginTaken(username) from error
    audit.registered(person, by=by, what=f"Логин {username}")
    return user


@transaction.atomic
def new_slip(*, user: User, passport_checked: bool, by: User, moment: dt.datetime) -> str:
    """A new one-time password for the slip; the old one and all sessions end. Raises PassportNotChecked.

    It is valid for the days of the settings and is stored nowhere but as its hash.
    """
    if not passport_checked:
        raise PassportNotChecked
    password = one_time_password()
    user.set_password(password)
    expect_new_password(user=user, moment=moment)
    user.save(update_fields=["password", "must_change_password", "one_time_password_until"])
    end_sessions(user=user)
    audit.access(user, by=by, what="Новый одноразовый пароль: паспорт проверен")
    return password


def expect_new_password(*, user: User, moment: dt.datetime) -> None:
    """Make the present password a one-time password: valid for the days of the settings, replaced at the first login.

    Sets the fields of `user` and does not save it.
    """
    user.must_change_password = True
    user.one_time_password_until = moment + dt.timedelta(days=RegistrationSettings.load().one_time_password_days)


@transaction.atomic
def close_login(*, user: User, by: User) -> None:
    """Nobody comes in by this login any more; sessions end."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    end_sessions(user=user)
    audit.access(user, by=by, what="Вход закрыт")


@transaction.atomic
def open_login(*, user: User, by: User) -> None:
    """The login works again."""
    User.objects.filter(pk=user.pk).update(is_active=True)
    audit.access(user, by=by, what="Вход снова открыт")
