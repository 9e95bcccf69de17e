"""Pages of /personal/complaints/."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cms_pages.complaints import services
from cms_pages.complaints.enums import ComplaintKind
from cms_pages.complaints.exceptions import AlreadySaid, ComplaintsClosed
from cms_pages.complaints.selectors import entries_of
from portal.accounts.client_ip import sender_of
from portal.cabinet.access import LoginRequest, ResidentRequest, login_page, resident_page
from portal.cabinet.complaints.forms import ComplaintForm, ReplyForm
from portal.cabinet.requests.uploads import gather
from portal.core import clock
from portal.core.rate_limits.edge import show_limit
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.refusals import add_error, error_message


@login_page
def entries(request: LoginRequest) -> HttpResponseBase:
    """Show what the resident wrote, newest first."""
    page = Paginator(entries_of(request.user), 20).get_page(request.GET.get("page"))
    return render(request, "cabinet/complaints/list.html", {"entries": page})


@resident_page
def new(request: ResidentRequest) -> HttpResponseBase:
    """Write into the book; files that came are kept when something else is wrong."""
    if request.method != "POST":
        return render(request, "cabinet/complaints/new.html", {"form": ComplaintForm()})
    form = ComplaintForm(request.POST, request.FILES)
    files, errors = gather(request, name="photos", kind=services.FILES, user=request.resident.user, pdf=True, most=5)
    valid = form.is_valid()
    for error in errors:
        form.add_error("photos", error)
    if not valid or errors:
        return render(request, "cabinet/complaints/new.html", {"form": form, "files": files})
    data = form.cleaned_data
    try:
        complaint = services.write(
            form_token=data["form_token"],
            author=request.resident.user,
            account=request.resident.account,
            kind=ComplaintKind(data["kind"]),
            subject=data["subject"],
            text=data["text"],
            phone=data["phone"],
            may_publish=data["may_publish"],
            files=files,
            now=clock.now(),
            sender=sender_of(request),
        )
    except RateLimited as refusal:
        show_limit(request, form, refusal)
        return render(request, "cabinet/complaints/new.html", {"form": form, "files": files})
    except ComplaintsClosed as closed:
        add_error(form, closed)
        return render(request, "cabinet/complaints/new.html", {"form": form, "files": files}, status=503)
    messages.success(request, _("Received: %(what)s.") % {"what": complaint.numbered})
    return redirect("cabinet:complaint", number=complaint.pk)


@login_page
def entry(request: LoginRequest, number: int) -> HttpResponseBase:
    """One entry with its state and answer."""
    complaint = get_object_or_404(entries_of(request.user), pk=number)
    context = {"complaint": complaint, "files": complaint.attachments.select_related("file"), "form": ReplyForm()}
    return render(request, "cabinet/complaints/entry.html", context)


@require_POST
@login_page
def rate(request: LoginRequest, number: int) -> HttpResponseBase:
    """Say whether the answer helped."""
    complaint = get_object_or_404(entries_of(request.user), pk=number)
    try:
        services.rate(
            complaint=complaint,
            author=request.resident.user,
            helped=request.POST.get("helped") == "yes",
            now=clock.now(),
        )
        messages.success(request, _("Thank you: noted."))
    except AlreadySaid as refusal:
        messages.info(request, error_message(refusal))
    return redirect("cabinet:complaint", number=number)


@require_POST
@login_page
def reply(request: LoginRequest, number: int) -> HttpResponseBase:
    """Reply once."""
    complaint = get_object_or_404(entries_of(request.user), pk=number)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        context = {"complaint": complaint, "files": complaint.attachments.select_related("file"), "form": form}
        return render(request, "cabinet/complaints/entry.html", context)
    try:
        services.reply(
            complaint=complaint, author=request.resident.user, text=form.cleaned_data["text"], now=clock.now()
        )
        messages.success(request, _("The reply is sent."))
    except AlreadySaid as refusal:
        messages.info(request, error_message(refusal))
    return redirect("cabinet:complaint", number=number)
