"""Make an administrator's login and print the link by which its owner sets the password: one use, 24 hours."""

import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.accounts.exceptions import LoginTaken
from portal.accounts.models import User
from portal.accounts.services.administrators import invite_administrator
from portal.notifications.mail import absolute


class Command(BaseCommand):
    """`invite_administrator LOGIN EMAIL [--first]`; with --first nothing is done where an administrator exists."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", nargs="?", default="")
        parser.add_argument("email", nargs="?", default="")
        parser.add_argument("--first", action="store_true", help="only where no administrator has a password yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Without arguments ask at the terminal. Raises CommandError with one line."""
        login, email = options["login"], options["email"]
        if options["first"] and any(user.has_usable_password() for user in User.objects.filter(is_superuser=True)):
            self.stdout.write("an administrator exists already")
            return
        if not login or not email:
            if not (sys.stdin is not None and sys.stdin.isatty()):
                raise CommandError("no administrator yet: portal-manage invite_administrator LOGIN EMAIL")
            login = login or input("Login of the first administrator: ").strip()
            email = email or input("E-mail: ").strip()
        try:
            invitation = invite_administrator(username=login, email=email)
        except LoginTaken:
            raise CommandError(f"the login {login} is taken: choose another one") from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(
            f"Open within 24 hours and set the password of {login}, it works once: {absolute(invitation.path)}"
        )
