"""Texts of notices with preview and a test to oneself; the history; sending again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core import clock
from portal.core.exports import table_response
from portal.core.list_parameters import is_export, is_page, is_text, list_parameters, one_of
from portal.core.params import whole_number
from portal.notifications import selectors, services
from portal.notifications.categories import CATEGORIES
from portal.notifications.declarations import NotificationKind, find_kind, kind_choices
from portal.notifications.enums import DeliveryChannel, Language, MessageState
from portal.notifications.services.text_editing import TextDraft, preview
from portal.notifications.texts import MissingPlaceholder, Text, UnknownPlaceholder
from portal.office.audit.viewing import log_view
from portal.office.common.views import StaffRequest, found_or_404, needs, page, same_list
from portal.office.notices.tables import MESSAGES

TEXTS = "notifications.edit_texts"
HISTORY = "notifications.view_message"
RETRY = "notifications.retry_message"
CARD = "office.view_account_card"
PER_PAGE = 50


class TextForm(forms.Form):
    """The four texts of a kind."""

    subject_ru = forms.CharField(label=gettext_lazy("Subject in Russian"), max_length=160, required=False)
    body_ru = forms.CharField(label=gettext_lazy("Text in Russian"), required=False, widget=forms.Textarea({"rows": 5}))
    subject_en = forms.CharField(label=gettext_lazy("Subject in English"), max_length=160, required=False)
    body_en = forms.CharField(label=gettext_lazy("Text in English"), required=False, widget=forms.Textarea({"rows": 5}))

    def __init__(self, *args: Any, kind: NotificationKind, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(*args, **kwargs)

    def draft(self) -> TextDraft:
        """Return what was typed."""
        return TextDraft(**{name: text.replace("\r\n", "\n") for name, text in self.cleaned_data.items()})

    def clean(self) -> dict[str, Any]:
        """Each placeholder must be one of the kind's, each field says what is wrong with it."""
        data = super().clean() or {}
        if not self.errors:
            for name, error in self.draft().errors(self.kind).items():
                self.add_error(name, _message_of(error))
        return data


def _message_of(error: ValueError) -> str:
    if isinstance(error, UnknownPlaceholder):
        return _("There is no placeholder {%(name)s} here.") % {"name": error.name}
    if isinstance(error, MissingPlaceholder):
        return _("The text must have the placeholder {%(name)s}.") % {"name": error.name}
    return _("A brace lacks its pair.")


def is_kind(value: str) -> bool:
    """Whether it is the code of a kind."""
    return find_kind(value) is not None


@require_safe
@needs(TEXTS)
@list_parameters(q=is_text, category=one_of(category.code for category in CATEGORIES))
def texts(request: HttpRequest) -> HttpResponse:
    """The kinds with their texts, by words and category."""
    query, category = request.GET.get("q", "").strip(), request.GET.get("category", "")
    rows = [
        (text, text.wording.by_language[Language.RUSSIAN])
        for text in selectors.all_texts(query=query, category=category)
    ]
    return page(
        request,
        "office/notices/texts.html",
        title=_("Texts of notices"),
        icon="mail",
        rows=rows,
        query=query,
        category=category,
        categories=CATEGORIES,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(TEXTS)
def edit(request: StaffRequest, kind: str) -> HttpResponse:
    """Change a kind's text; preview it, send it to oneself, store it, or go back to the default."""
    declared = found_or_404(find_kind(kind))
    text = selectors.text_of(declared)
    form = TextForm(request.POST or None, initial=_initial(text), kind=declared)
    shown: list[tuple[str, Text]] = []
    if request.method == "POST" and request.POST.get("action") == "reset":
        services.reset_text(kind=declared)
        messages.success(request, _("The default text is back."))
        return redirect("office_notice_text", kind=kind)
    if request.method == "POST" and form.is_valid():
        if _done(request, declared, form):
            return redirect("office_notice_texts")
        shown = [
            (str(language.label), preview(kind=declared, draft=form.draft(), language=language))
            for language in Language
        ]
    return page(
        request,
        "office/notices/edit.html",
        title=declared.name,
        icon="mail",
        form=form,
        text=text,
        shown=shown,
        samples=[
            (name, declared.placeholders[name], sample) for name, sample in declared.samples(Language.RUSSIAN).items()
        ],
        defaults=[(language.label, declared.default(language)) for language in Language],
    )


def _initial(text: selectors.KindText) -> dict[str, str]:
    by_language = text.wording.by_language
    return {
        f"{part}_{language}": getattr(by_language[language], part)
        for part in ("subject", "body")
        for language in Language
    }


def _done(request: StaffRequest, kind: NotificationKind, form: TextForm) -> bool:
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


@require_safe
@needs(HISTORY)
@list_parameters(
    q=is_text, kind=is_kind, channel=one_of(DeliveryChannel), state=one_of(MessageState), page=is_page, export=is_export
)
def history(request: HttpRequest) -> HttpResponse:
    """Show what went to whom, and whether it arrived."""
    chosen = {name: request.GET.get(name, "") for name in ("kind", "channel", "state")}
    query = request.GET.get("q", "").strip()
    sent_messages = selectors.history(query=query, by_part_of_address=request.user.has_perm(CARD), **chosen)
    if "export" in request.GET:
        return table_response(
            request, request.GET["export"], f"uvedomleniya-{clock.today()}", MESSAGES, sent_messages.iterator(2000)
        )
    message_page = Paginator(sent_messages, PER_PAGE).get_page(request.GET.get("page"))
    filters = [
        ("kind", _("Kind"), kind_choices(), chosen["kind"]),
        ("channel", _("Channel"), DeliveryChannel.choices, chosen["channel"]),
        ("state", _("State"), MessageState.choices, chosen["state"]),
    ]
    return page(
        request,
        "office/notices/history.html",
        title=_("Notices sent"),
        icon="mail",
        page_obj=message_page,
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
    sent_message = found_or_404(selectors.message_of(pk))
    log_view(request, sent_message, f"Уведомление № {sent_message.pk}")
    return page(
        request,
        "office/notices/message.html",
        title=sent_message.subject or sent_message.kind_name,
        icon="mail",
        message=sent_message,
    )


@require_POST
@needs(RETRY)
def retry(request: HttpRequest) -> HttpResponse:
    """Send one failed message again, or all."""
    chosen = request.POST.get("message", "")
    again = int(services.retry(message_id=whole_number(chosen) or 0)) if chosen else services.retry_failed()
    messages.success(request, _("Sent again: %(count)d.") % {"count": again})
    return redirect("office_notice_history")
