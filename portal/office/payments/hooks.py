"""Payments: banks' payment files, unidentified payments, refunds, reconciliation with gateways."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from portal.accounts.permissions import READ_SCREENS
from portal.office.common.menu import Screen
from portal.office.common.sections import OfficeSection
from portal.office.payments import bank_file_views, lists, refund_views, views

SECTION = OfficeSection(
    urls=[
        path("office/payments/registries/", bank_file_views.overview, name="office_bank_files"),
        path("office/payments/registries/sample/<int:pk>/", bank_file_views.sample, name="office_bank_file_sample"),
        path("office/payments/registries/<int:pk>/", bank_file_views.bank_file, name="office_bank_file"),
        path("office/payments/registries/<int:pk>/export/", bank_file_views.export, name="office_bank_file_export"),
        path("office/payments/unidentified/", bank_file_views.unknown, name="office_unknown"),
        path("office/payments/unidentified/export/", bank_file_views.export_unknown, name="office_unknown_export"),
        path("office/payments/unidentified/<int:pk>/", bank_file_views.line, name="office_line"),
        path("office/payments/refunds/", refund_views.overview, name="office_refunds"),
        path("office/payments/refunds/export/", refund_views.export, name="office_refunds_export"),
        path("office/payments/refunds/new/<int:pk>/", refund_views.new, name="office_refund_new"),
        path("office/payments/refunds/<int:pk>/", refund_views.refund, name="office_refund"),
        path("office/payments/duplicates/", views.duplicates, name="office_duplicates"),
        path("office/payments/reconciliation/", views.reconciliation, name="office_reconciliation"),
        path("office/payments/reconciliation/export/", views.export, name="office_reconciliation_export"),
        path("office/payments/<int:pk>/", views.payment, name="office_payment"),
    ],
    screens=[
        Screen(
            "payments",
            _("Bank payment files"),
            "office_bank_files",
            icon="upload",
            order=10,
            permissions=("payments.import_registry", READ_SCREENS),
        ),
        Screen(
            "payments",
            _("Unidentified payments"),
            "office_unknown",
            icon="help",
            order=20,
            permissions=("payments.settle_line", READ_SCREENS),
        ),
        Screen(
            "payments",
            _("Refunds"),
            "office_refunds",
            icon="undo",
            order=30,
            permissions=("payments.make_refund", "approvals.approve_operation", READ_SCREENS),
        ),
        Screen(
            "payments",
            _("Payments made twice"),
            "office_duplicates",
            icon="copy",
            order=40,
            permissions=("payments.make_refund", READ_SCREENS),
        ),
        Screen(
            "payments",
            _("Reconciliation"),
            "office_reconciliation",
            icon="list-ul",
            order=50,
            permissions=("payments.reconcile", READ_SCREENS),
        ),
    ],
    lists=lists.LISTS,
)
