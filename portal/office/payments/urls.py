"""Addresses of the section, under /admin/office/payments/."""

from django.urls import path

from portal.office.payments import refunds, registries, views

urlpatterns = [
    path("office/payments/registries/", registries.overview, name="office_registries"),
    path("office/payments/registries/sample/<int:pk>/", registries.sample, name="office_registry_sample"),
    path("office/payments/registries/<int:pk>/", registries.registry, name="office_registry"),
    path("office/payments/registries/<int:pk>/export/", registries.export, name="office_registry_export"),
    path("office/payments/unidentified/", registries.unknown, name="office_unknown"),
    path("office/payments/unidentified/export/", registries.export_unknown, name="office_unknown_export"),
    path("office/payments/unidentified/<int:pk>/", registries.line, name="office_line"),
    path("office/payments/refunds/", refunds.overview, name="office_refunds"),
    path("office/payments/refunds/export/", refunds.export, name="office_refunds_export"),
    path("office/payments/refunds/new/<int:pk>/", refunds.new, name="office_refund_new"),
    path("office/payments/refunds/<int:pk>/", refunds.refund, name="office_refund"),
    path("office/payments/duplicates/", views.duplicates, name="office_duplicates"),
    path("office/payments/reconciliation/", views.reconciliation, name="office_reconciliation"),
    path("office/payments/reconciliation/export/", views.export, name="office_reconciliation_export"),
    path("office/payments/<int:pk>/", views.payment, name="office_payment"),
]
