"""Addresses of /personal/.

A part that lives in a folder of its own (pay, requests, complaints, support, profile) has a urls module there, included
here; its first page bears the part's name, so that the menu finds it.
"""

from django.urls import URLPattern, URLResolver, include, path

from portal.cabinet.views import account, bill, consumption, former, home, inbox, ledger, meters, readings, receipts
from portal.cabinet.views import help as help_page

app_name = "cabinet"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("account/", account.choose, name="choose-account"),
    path("pay/", include("portal.cabinet.pay.urls")),
    path("profile/", include("portal.cabinet.profile.urls")),
    path("requests/", include("portal.cabinet.requests.urls")),
    path("readings/", readings.readings, name="readings"),
    path("readings/history/", readings.history, name="readings-history"),
    path("readings/remind/", readings.remind, name="readings-remind"),
    path("meters/", meters.meters, name="meters"),
    path("meters/<int:meter_id>/", meters.meter, name="meter"),
    path("consumption/", consumption.consumption, name="consumption"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("bills/<str:period>/", bill.bill, name="bill"),
    path("receipts/", receipts.receipts, name="receipts"),
    path("receipts/several/", receipts.several, name="receipts-several"),
    path("receipts/<int:pk>/", receipts.pdf, name="receipt-pdf"),
    path("former/<int:holder_id>/", former.holding, name="former"),
    path("former/<int:holder_id>/statement.<slug:kind>", former.holding_statement, name="former-statement"),
    path("help/", help_page.guide, name="help"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.all_read, name="messages-read"),
    path("inbox/<int:message_id>/", inbox.opened, name="message"),
    path("complaints/", include("portal.cabinet.complaints.urls")),
    path("support/", include("portal.cabinet.support.urls")),
]
