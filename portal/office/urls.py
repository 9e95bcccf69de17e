"""Addresses of the guided screens, under /admin/office/."""

from django.urls import path

from portal.office.views import (
    acts,
    card,
    closing,
    corrections,
    failures,
    imports,
    interruptions,
    ledger,
    month,
    numbers,
    readings,
)

urlpatterns = [
    path("office/account/", card.find, name="office_find_account"),
    path("office/account/<str:number>/", card.account, name="office_account"),
    path("office/receipt/<int:pk>/", card.receipt, name="office_receipt"),
    path("office/closing/", closing.overview, name="office_closing"),
    path("office/closing/<str:period>/", closing.month, name="office_closing_month"),
    path("office/closing/<str:period>/progress/", closing.progress, name="office_closing_progress"),
    path("office/closing/<str:period>/start/", closing.start, name="office_closing_start"),
    path("office/closing/<str:period>/receipts/", closing.receipts, name="office_issue_receipts"),
    path("office/closing/<str:period>/print/", closing.print_run, name="office_print_run"),
    path("office/closing/<str:period>/reverse/", closing.reverse, name="office_reverse_closing"),
    path("office/recalculation/", corrections.recalculation, name="office_recalculation"),
    path("office/correction/", corrections.correction, name="office_correction"),
    path("office/interruptions/", interruptions.proposed, name="office_interruptions"),
    path("office/interruptions/outage/", interruptions.decide_outage, name="office_decide_outage"),
    path("office/interruptions/<int:pk>/", interruptions.decide, name="office_decide_interruption"),
    path("office/number/<slug:what>/", numbers.add, name="office_number"),
    path("office/act/", acts.new, name="office_act"),
    path("office/month/", month.overview, name="office_month"),
    path("office/month/<str:period>/step/<slug:step>/", month.run_step_now, name="office_run_step"),
    path("office/ledger/", ledger.checks, name="office_ledger_checks"),
    path("office/failure/<int:pk>/", failures.opened, name="office_failed_job"),
    path("office/month/run/<slug:name>/", month.run_now, name="office_run_now"),
    path("office/month/again/<slug:task_id>/", month.run_again, name="office_run_again"),
    path("office/readings/", readings.enter, name="office_readings"),
    path("office/readings/flagged/", readings.flagged, name="office_flagged"),
    path("office/readings/flagged/<int:pk>/", readings.review, name="office_review"),
    path("office/readings/missing/", readings.heat_map, name="office_heat_map"),
    path("office/readings/missing/<int:pk>/", readings.house, name="office_house"),
    path("office/import/<slug:kind>/", imports.upload, name="office_import"),
]
