"""Answering an alert."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators.forms import AlertForm
from zhikong.hospital.functions.indicators.models import Alert


@require_POST
@needs(Permission.ANALYSE_MONTH)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the alert was seen, or why it arose; back to the indicator's page."""
    alert = get_object_or_404(Alert, pk=pk)
    form = AlertForm(request.POST)
    if form.is_valid():
        _record(request, alert, form.cleaned_data["explanation"])
    else:
        messages.error(request, " ".join(form.errors["explanation"]))
    return redirect(_page(alert))


def _record(request: HttpRequest, alert: Alert, explanation: str) -> None:
    try:
        actions.answer_alert(by=request.user, now=timezone.now(), alert=alert, explanation=explanation)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已记录。连续几个月没有信号后，预警会自动关闭。"))


def _page(alert: Alert) -> str:
    query = QueryDict(mutable=True)
    query["month"] = alert.last_month
    if alert.department_id:
        query["department"] = str(alert.department_id)
    return f"{reverse('indicators:detail', args=[alert.indicator_id])}?{query.urlencode()}#alert"
