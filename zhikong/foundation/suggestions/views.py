"""病历建议服务: the administrator's page; 病历建议: what the service said of one stay, for its reviewer to judge."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts.charts import NoSuchChart, chart_of
from zhikong.foundation.suggestions import actions, queries
from zhikong.foundation.suggestions.forms import ServiceForm
from zhikong.foundation.suggestions.jobs import answer_soon
from zhikong.foundation.suggestions.models import Call, Suggestion

SHOWN = 20


@needs(Permission.MANAGE_CONNECTIONS)
@require_http_methods(["GET", "POST"])
def service(request):
    one = queries.service()
    names = ("enabled", "address", "model", "hosts", "seconds")
    initial = {name: getattr(one, name) for name in names} if one else None
    form = ServiceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.configure(by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("设置已保存。"))
            return redirect("suggestions:service")
    context = {
        "form": form,
        "service": one,
        "has_key": bool(one and one.sealed),
        "calls": queries.latest_calls(SHOWN),
    }
    return render(request, "suggestions/service.html", context)


@needs(Permission.REVIEW_RECORDS)
@require_GET
def stay(request, stay_id: str):
    _readable(request, stay_id)
    last = queries.calls_of(stay_id).first()
    context = {
        "stay_id": stay_id, "on": queries.is_on(), "last": last, "rows": queries.suggestions_of(stay_id),
        "waiting": last is not None and last.state == Call.State.WAITING,
    }  # fmt: skip
    return render(request, "suggestions/stay.html", context)


@needs(Permission.REVIEW_RECORDS)
@require_POST
def ask(request, stay_id: str):
    try:
        answer_soon(actions.ask(by=request.user, now=timezone.now(), stay_id=stay_id))
        messages.success(request, _("已请求建议，回答后显示在这里。"))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    except NoSuchChart as error:
        raise Http404(str(error)) from None
    return redirect("suggestions:stay", stay_id)


@needs(Permission.REVIEW_RECORDS)
@require_POST
def decide(request, pk: int):
    one = get_object_or_404(Suggestion, pk=pk)
    _readable(request, one.stay_id)
    try:
        actions.decide(
            by=request.user, now=timezone.now(), suggestion=one, taken=request.POST.get("taken") == "1"
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("suggestions:stay", one.stay_id)


def _readable(request, stay_id: str) -> None:
    """The chart may be read by this person; the look is logged. Raises Http404 and PermissionDenied."""
    try:
        chart_of(stay_id, by=request.user, purpose=_("查看病历建议"))
    except NoSuchChart as error:
        raise Http404(str(error)) from None
