"""Texts of notices with preview and a test to oneself; the history; sending again."""

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core import clock
from portal.core.exports import table_response
from portal.core.list_parameters import is_export, is_page, is_text, list_parameters, one_of
from portal.core.params import whole_number
from portal.notifications import selectors, services
from portal.notifications.enums import Channel, Kind, Language, State
from portal.notifications.services.wording import Draft, preview
from portal.notifications.texts import BrokenBraces, Text, UnknownPlaceholder
from portal.office.dispatch.views import StaffRequest
from portal.office.notices.tables import MESSAGES
from portal.office.seen import note_seen
from portal.office.views.base import needs, page, same_list

TEXTS = "notifications.edit_texts"
HISTORY = "notifications.view_message"
RETRY = "notifications.retry_message"
CARD = "office.view_account_card"
PER_PAGE = 50


class TextForm(forms.Form):
    """The four texts of a kind; an empty one falls back."""

    subject_ru = forms.CharField(label=gettext_lazy("Subject in Russian"), max_length=160, required=False)
    body_ru = forms.CharField(label=gettext_lazy("Text in Russian"), required=False, widget=forms.Textarea({"rows": 5}))
    subject_en = forms.CharField(label=gettext_lazy("Subject in English"), max_length=160, required=False)
    body_en = forms.CharField(label=gettext_lazy("Text in English"), required=False, widget=forms.Textarea({"rows": 5}))

    def draft(self) -> Draft:
        """What was typed."""
        return Draft(**self.cleaned_data)


@require_safe
@needs(TEXTS)
@list_parameters()
def texts(request: HttpRequest) -> HttpResponse:
    """Every kind with its text."""
    rows = [(text, text.wording.by_language[Language.RUSSIAN]) for text in selectors.all_texts()]
    return page(request, "office/notices/texts.html", title=_("Texts of notices"), icon="mail", rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(TEXTS)
def edit(request: StaffRequest, kind: str) -> HttpResponse:
    """Change a kind's text; look at it, send it to oneself, or store it."""
    if kind not in Kind.values:
        raise Http404
    text = selectors.text_of(kind)
    stored = text.changed
    initial = {name: getattr(stored, name) for name in Draft.__dataclass_fields__} if stored else {}
    form = TextForm(request.POST or None, initial=initial)
    shown: list[tuple[str, Text]] = []
    if request.method == "POST" and form.is_valid():
        try:
            if _done(request, kind, form):
                return redirect("office_notice_texts")
            shown = _previews(kind, form)
        except UnknownPlaceholder as refusal:
            form.add_error(None, _("There is no placeholder {%(name)s} here.") % {"name": refusal.name})
        except BrokenBraces:
            form.add_error(None, _("A brace lacks its pair."))
    return page(
        request,
        "office/notices/edit.html",
        title=text.kind.label,
        icon="mail",
        form=form,
        text=text,
        own=text.wording.by_language[Language.RUSSIAN],
        shown=shown,
    )


def _done(request: StaffRequest, kind: str, form: TextForm) -> bool:
    action = request.POST.get("action", "")
    if action == "save":
        services.save_text(kind=kind, draft=form.draft(), by=request.user)
        messages.success(request, _("The text is stored."))
        return True
    if action == "test":
        if not request.user.email:
            messages.error(request, _("Your login has no e-mail address."))
            return False
        services.send_test(kind=kind, draft=form.draft(), language="ru", to=request.user, address=request.user.email)
        messages.success(request, _("A test letter goes to %(address)s.") % {"address": request.user.email})
    return False


def _previews(kind: str, form: TextForm) -> list[tuple[str, Text]]:
    return [(str(language.label), preview(kind=kind, draft=form.draft(), language=language)) for language in Language]


@require_safe
@needs(HISTORY)
@list_parameters(
    q=is_text, kind=one_of(Kind), channel=one_of(Channel), state=one_of(State), page=is_page, export=is_export
)
def history(request: HttpRequest) -> HttpResponse:
    """What went to whom, and whether it arrived."""
    chosen = {name: request.GET.get(name, "") for name in ("kind", "channel", "state")}
    query = request.GET.get("q", "").strip()
    messages_found = selectors.history(query=query, by_part_of_address=request.user.has_perm(CARD), **chosen)
    if "export" in request.GET:
        return table_response(
            request, request.GET["export"], f"uvedomleniya-{clock.today()}", MESSAGES, messages_found.iterator(2000)
        )
    found = Paginator(messages_found, PER_PAGE).get_page(request.GET.get("page"))
    filters = [
        ("kind", _("Kind"), Kind.choices, chosen["kind"]),
        ("channel", _("Channel"), Channel.choices, chosen["channel"]),
        ("state", _("State"), State.choices, chosen["state"]),
    ]
    return page(
        request,
        "office/notices/history.html",
        title=_("Notices sent"),
        icon="mail",
        found=found,
        query=query,
        filters=filters,
        may_retry=request.user.has_perm(RETRY),
        get=same_list(request),
        may_open=request.user.has_perm(CARD),
    )


@require_safe
@needs(HISTORY)
@needs(CARD)
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message with its address and text: for whoever may see the resident's card, and noted in the audit."""
    found = selectors.message_of(pk)
    if found is None:
        raise Http404
    note_seen(request, found, f"Уведомление № {found.pk}")
    return page(
        request,
        "office/notices/message.html",
        title=found.subject or found.get_kind_display(),
        icon="mail",
        message=found,
    )


@require_POST
@needs(RETRY)
def retry(request: HttpRequest) -> HttpResponse:
    """Send one failed message again, or all."""
    chosen = request.POST.get("message", "")
    again = int(services.retry(message_id=whole_number(chosen) or 0)) if chosen else services.retry_failed()
    messages.success(request, _("Sent again: %(count)d.") % {"count": again})
    return redirect("office_notice_history")
