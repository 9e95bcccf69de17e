"""Addresses of /personal/pay/."""

from django.urls import path

from portal.cabinet.pay import views

urlpatterns = [
    path("", views.pay, name="pay"),
    path("history/", views.history, name="payments"),
    path("history/export.<slug:kind>", views.export, name="payments-export"),
    path("<uuid:reference>/", views.payment, name="payment"),
    path("<uuid:reference>/confirmation.pdf", views.confirmation, name="payment-confirmation"),
    path("<uuid:reference>/abandon/", views.abandon, name="payment-abandon"),
    path("<uuid:reference>/refund/", views.refund, name="payment-refund"),
]
