"""Permissions of the office's screens; the office has no tables of its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OfficeRight(models.Model):
    """Unmanaged model that carries permissions belonging to no single record."""

    class Meta:
        managed = False
        default_permissions = ()
        verbose_name = _("Right of the office")
        verbose_name_plural = _("Rights of the office")
        permissions = [
            ("view_account_card", "May open the card of an account"),
            ("close_month", "May close a month, issue its receipts, reverse a closing"),
            ("release_closing", "May release a closing that stopped as out of the ordinary"),
            ("book_correction", "May book corrections and recalculations"),
            ("watch_month", "May see what ran, is due and failed in the month"),
            ("watch_system", "May see how the parts of the portal stand"),
            ("see_first_steps", "May see the first steps of the company's setup"),
            ("run_month_step", "May run a step of the month now"),
            ("enter_readings", "May enter readings by phone, paper and control"),
            ("review_readings", "May look through flagged readings"),
            ("see_missing_readings", "May see who has not sent readings"),
            ("import_readings", "May import readings from a file"),
            ("import_accounts", "May import accounts and premises from a file"),
            ("import_meters", "May import meters from a file"),
            ("import_balances", "May import opening balances from a file"),
            ("read_screens", "May read the screens of all sections, without changing anything"),
            ("export_books", "May export charges, receipts, debts and payments as files"),
        ]
