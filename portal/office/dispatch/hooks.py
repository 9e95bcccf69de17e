"""What the dispatcher finds in the admin: addresses, menu, lists."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from portal.office.dispatch import lists, outages, views
from portal.office.menu import register_item
from portal.service_requests.permissions import DISPATCH, OUTAGES

for dispatch_list in lists.LISTS:
    modeladmin_register(dispatch_list)


@hooks.register("register_admin_urls")
def dispatch_urls() -> list[URLPattern]:
    """Addresses of the dispatcher's screens."""
    return [
        path("dispatch/", views.index, name="office_dispatch"),
        path("dispatch/call/", views.call, name="office_dispatch_call"),
        path("dispatch/join/", views.join, name="office_dispatch_join"),
        path("dispatch/shift/", views.shift, name="office_dispatch_shift"),
        path("dispatch/incident/<int:pk>/", views.incident, name="office_incident"),
        path("dispatch/<int:pk>/", views.detail, name="office_dispatch_request"),
        path("dispatch/<int:pk>/correct/", views.correct, name="office_dispatch_correct"),
        path("dispatch/<int:pk>/act/", views.act, name="office_dispatch_act"),
        path("outages/", outages.index, name="office_outages"),
        path("outages/new/", outages.edit, name="office_outage_new"),
        path("outages/<int:pk>/", outages.detail, name="office_outage"),
        path("outages/<int:pk>/edit/", outages.edit, name="office_outage_edit"),
        path("outages/<int:pk>/act/", outages.act, name="office_outage_act"),
    ]


register_item(
    "dispatch", label=_("Requests"), url_name="office_dispatch", icon="warning", order=10, permission=DISPATCH
)
register_item(
    "dispatch", label=_("A call"), url_name="office_dispatch_call", icon="mobile-alt", order=20, permission=DISPATCH
)
register_item("dispatch", label=_("Outages"), url_name="office_outages", icon="date", order=30, permission=OUTAGES)
