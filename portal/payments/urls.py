"""Addresses of payments: notices of gateways, the demo bank's page."""

from django.urls import URLPattern, URLResolver, path

from portal.payments import views
from portal.payments.gateways.demo import views as demo

app_name = "payments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("notices/<slug:gateway>/", views.notice, name="notice"),
    path("demo/<uuid:payment_id>/", demo.card, name="demo-card"),
    path("demo/<uuid:payment_id>/code/", demo.code, name="demo-code"),
    path("demo/<uuid:payment_id>/give-up/", demo.give_up, name="demo-give-up"),
    path("demo/<uuid:payment_id>/receipt/", demo.receipt, name="demo-receipt"),
    path("demo/refunds/<uuid:refund_id>/receipt/", demo.refund_receipt, name="demo-refund-receipt"),
]
